/** @file Models in a browser: the WebAssembly engine, downloads, and pictures by the page's canvas. */
import type { WebOptions } from '../backend/browser/ort-browser.ts';
import { webBackend } from '../backend/browser/ort-web.ts';
import type { Backend } from '../backend/program.ts';
import { UnsupportedError } from '../base/errors.ts';
import { yielding } from '../base/yielding.ts';
import type { Host } from '../model/host.ts';

/** Options of the browser's engine. */
export interface WebEngineOptions extends WebOptions {
  /**
   * The engine, in place of `webBackend({ threads, wasm })`: `webgpuBackend()` for a graphics processor, or one that
   * several models share. It is a value, not a name, so that a bundle contains the builds of ONNX Runtime that it uses
   * alone. Default `webBackend({ threads, wasm })`.
   */
  readonly backend?: Backend | undefined;
}

/** The parts of a page that files and pictures need; a worker has none of them. */
interface Page {
  readonly document?: {
    createElement(name: 'a'): { href: string; download: string; click(): void };
    createElement(name: 'img'): { src: string; width: number; height: number; decode(): Promise<void> };
    createElement(name: 'canvas'): Canvas;
  };
}

interface Canvas {
  width: number;
  height: number;
  getContext(kind: '2d'): { drawImage(image: unknown, x: number, y: number): void } | null;
  toBlob(done: (blob: Blob | null) => void, type: string): void;
}

/**
 * The browser's engine. Files are offered as downloads; that and drawing SVG as PNG need a page, and are refused in a worker.
 */
export function webHost({ backend, ...options }: WebEngineOptions = {}): Host {
  let engine = backend;
  return {
    backend: () => Promise.resolve((engine ??= webBackend(options))),
    interleaved: (steps) => yielding(steps),
    writeFile: (path, bytes) => {
      const link = documentFor(`saving ${path}`).createElement('a');
      const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)]));
      link.href = url;
      link.download = path.replace(/^.*\//, '');
      link.click();
      URL.revokeObjectURL(url);
      return Promise.resolve();
    },
    rasterize: async (svg) => {
      const document = documentFor('drawing a plot as PNG');
      const image = document.createElement('img');
      image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
      try {
        await image.decode();
        const canvas = document.createElement('canvas');
        Object.assign(canvas, { width: image.width, height: image.height });
        canvas.getContext('2d')?.drawImage(image, 0, 0);
        const blob = await new Promise<Blob | null>((done) => {
          canvas.toBlob(done, 'image/png');
        });
        if (blob === null) throw new UnsupportedError('this browser cannot write PNG files');
        return new Uint8Array(await blob.arrayBuffer());
      } finally {
        URL.revokeObjectURL(image.src);
      }
    },
  };
}

function documentFor(what: string): NonNullable<Page['document']> {
  const { document } = globalThis as Page;
  if (document === undefined)
    throw new UnsupportedError(`${what} needs a page; in a worker, send the bytes (toPng, toSvg, toNpz) to the page`);
  return document;
}
