/** @file What a panel gives away: its link, the same in Node, its picture and its numbers. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { link } from '../state/state.ts';
import { canvasesOf, pngOf } from '../view/canvases.ts';

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
  /** The motion of the panel: that of its clock, or frames of its own; none by default. */
  readonly motion?: 'clock' | (() => AsyncGenerator<HTMLCanvasElement>) | undefined;
}

function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

const canvasesAsPng = (): Promise<Blob | undefined> => pngOf(canvasesOf('.picture canvas'));

/** The bar under a panel. */
export function Share({ name, code, numbers, motion, picture = canvasesAsPng }: ShareProps): JSX.Element {
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
  const recording = useSignal(false);
  const saveMotion = async (kind: 'gif' | 'webm'): Promise<void> => {
    if (motion === undefined || recording.value) return;
    recording.value = true;
    // What records comes when it is first asked for.
    const { recorded } = await import('../view/record.ts');
    const blob = await recorded(kind, motion, (words) => (said.value = words));
    if (blob !== undefined) download(`${name}.${kind}`, blob);
    recording.value = false;
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
        {motion !== undefined &&
          (['gif', 'webm'] as const).map((kind) => (
            <button key={kind} type="button" disabled={recording.value} onClick={() => void saveMotion(kind)}>
              Save {kind === 'gif' ? 'GIF' : 'WebM'}
            </button>
          ))}
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
