/** @file The canvases of a panel on one. */

/** Those of a selector, two in a row; the one itself where there is one, and undefined where there is none. */
export function canvasesOf(selector: string): HTMLCanvasElement | undefined {
  const parts = Array.from(document.querySelectorAll<HTMLCanvasElement>(selector));
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first;
  const all = document.createElement('canvas');
  all.width = 2 * first.width;
  all.height = Math.ceil(parts.length / 2) * first.height;
  const context = all.getContext('2d');
  parts.forEach((part, i) => {
    context?.drawImage(part, (i % 2) * first.width, Math.floor(i / 2) * first.height);
  });
  return all;
}

/** A canvas as a PNG file. */
export function pngOf(canvas: HTMLCanvasElement | undefined): Promise<Blob | undefined> {
  return new Promise((resolve) => {
    if (canvas === undefined) resolve(undefined);
    else
      canvas.toBlob((blob) => {
        resolve(blob ?? undefined);
      });
  });
}
