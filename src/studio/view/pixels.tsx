/** @file Small pictures as they are: each pixel a square of the screen. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Image } from '../../plot/png.ts';

/** Properties of a picture. */
export interface PixelsProps {
  readonly image: Image | undefined;
  /** What is seen, for screen readers; empty where a caption says it. */
  readonly label: string;
  readonly children?: JSX.Element | undefined;
}

/** Writes a picture into a canvas of as many pixels. */
export function putImage(canvas: HTMLCanvasElement, { width, height, channels, data }: Image): void {
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  if (context === null) return;
  const own = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++)
      own.data[4 * i + c] = c === 3 ? 255 : (data[i * channels + (channels === 1 ? 0 : c)] ?? 0);
  context.putImageData(own, 0, 0);
}

/** A picture with what lies over it. */
export function Pixels({ image, label, children }: PixelsProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null && image !== undefined) putImage(canvas.current, image);
  }, [image]);
  return (
    <div class="pixels">
      <canvas
        ref={canvas}
        class={image === undefined ? 'blank' : ''}
        {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      />
      {children}
    </div>
  );
}
