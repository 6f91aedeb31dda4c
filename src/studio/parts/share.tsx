/** @file What a panel gives away: its link, the same in Node, its picture and its numbers. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { link } from '../state/state.ts';

/** Properties of the bar. */
export interface ShareProps {
  /** Name of the files. */
  readonly name: string;
  /** The same computation as a program of the library. */
  readonly code: string;
  /** The numbers that are seen. */
  readonly numbers: () => unknown;
  /** The picture to be saved; the canvases of the panel by default. */
  readonly picture?: (() => Promise<Blob | undefined>) | undefined;
}

function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

/** The canvases of a panel on one, two in a row. */
function pictureOf(parts: ArrayLike<HTMLCanvasElement>): HTMLCanvasElement | undefined {
  const [first] = Array.from(parts);
  if (first === undefined || parts.length === 1) return first;
  const all = document.createElement('canvas');
  all.width = 2 * first.width;
  all.height = Math.ceil(parts.length / 2) * first.height;
  const context = all.getContext('2d');
  Array.from(parts).forEach((part, i) => {
    context?.drawImage(part, (i % 2) * first.width, Math.floor(i / 2) * first.height);
  });
  return all;
}

function canvasesAsPng(): Promise<Blob | undefined> {
  const own = pictureOf(document.querySelectorAll<HTMLCanvasElement>('.picture canvas'));
  return new Promise((resolve) => {
    if (own === undefined) resolve(undefined);
    else
      own.toBlob((blob) => {
        resolve(blob ?? undefined);
      });
  });
}

/** The bar under a panel. */
export function Share({ name, code, numbers, picture = canvasesAsPng }: ShareProps): JSX.Element {
  const said = useSignal('');
  const copy = async (text: string, done: string): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      said.value = done;
    } catch {
      said.value = 'The browser does not let this page copy; the link is the address of the page.';
    }
  };
  const savePicture = async (): Promise<void> => {
    const blob = await picture();
    if (blob === undefined) said.value = 'There is no picture yet.';
    else download(`${name}.png`, blob);
  };
  return (
    <div class="share">
      <div class="actions">
        <button type="button" onClick={() => void copy(link(), 'The link is copied.')}>
          Copy link
        </button>
        <button type="button" onClick={() => void savePicture()}>
          Save PNG
        </button>
        <button
          type="button"
          onClick={() => {
            download(`${name}.json`, new Blob([JSON.stringify(numbers(), null, 2)], { type: 'application/json' }));
          }}
        >
          Save numbers
        </button>
        <span role="status">{said.value}</span>
      </div>
      <details>
        <summary>The same in Node</summary>
        <pre tabIndex={0}>
          <code>{code}</code>
        </pre>
        <button type="button" onClick={() => void copy(code, 'The program is copied.')}>
          Copy
        </button>
      </details>
    </div>
  );
}
