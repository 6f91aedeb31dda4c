/** @file Kinds of pictures on one axis of bits per dimension: a dot for each picture, their mean with its error, and the length of their PNG files. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Image } from '../../../plot/png.ts';
import { putImage } from '../../view/pixels.tsx';
import type { Colors } from '../../view/palette.ts';
import { colors } from '../../view/theme.ts';
import { kinds, type Kind } from './pictures-model.ts';

/** CSS pixels of a row, of the small pictures, and below the rows. */
const [rowHeight, side, foot] = [78, 34, 44];

/** Where the axis ends: at the largest number, and at least at 9 bits. */
function reachOf(all: readonly Kind[]): number {
  const values = all.flatMap(({ result }) => (result ? [...result.bits, result.png] : [])).filter(Number.isFinite);
  return Math.ceil(Math.max(9, ...values));
}

/** Draws all of it on a canvas of a width in CSS pixels. */
function drawAxis(
  context: CanvasRenderingContext2D,
  width: number,
  { all, look }: { readonly all: readonly Kind[]; readonly look: Colors },
): void {
  const [left, right] = [12, width - 12];
  const most = reachOf(all);
  const least = Math.min(0, ...all.flatMap(({ result }) => (result ? result.bits.filter(Number.isFinite) : [])));
  const at = (bits: number): number => left + ((bits - least) / (most - least)) * (right - left);
  const bottom = all.length * rowHeight;
  context.fillStyle = look.ground;
  context.fillRect(0, 0, width, bottom + foot);
  context.font = '13px ui-sans-serif, system-ui, sans-serif';
  context.lineWidth = 1;
  for (let bits = Math.ceil(least); bits <= most; bits++) {
    context.strokeStyle = look.muted;
    context.globalAlpha = 0.22;
    context.beginPath();
    context.moveTo(at(bits), 0);
    context.lineTo(at(bits), bottom);
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = look.muted;
    context.textAlign = 'center';
    if (at(1) - at(0) > 24 || bits % 2 === 0) context.fillText(String(bits), at(bits), bottom + 16);
  }
  context.fillText('bits per dimension: fewer are likelier', (left + right) / 2, bottom + 36);
  all.forEach((kind, i) => {
    drawKind(context, kind, { top: i * rowHeight, at, look, width });
  });
}

/** Where a row is drawn. */
interface Row {
  readonly top: number;
  readonly at: (bits: number) => number;
  readonly look: Colors;
  readonly width: number;
}

function drawKind(
  context: CanvasRenderingContext2D,
  { title, images, result, fraction, problem }: Kind,
  { top, at, look, width }: Row,
): void {
  const said =
    problem ??
    (result === undefined
      ? `${Math.round(100 * fraction)} %`
      : `${result.mean.value.toFixed(2)} ± ${result.mean.standardError.toFixed(2)}`);
  const small = images.filter((image, i) => i === 0 || !sameImage(image, images[0]));
  small.forEach((image, i) => {
    drawSmall(context, image, 12 + i * (side + 4), top + 10);
  });
  context.textAlign = 'left';
  context.fillStyle = look.ink;
  context.fillText(title, 12 + small.length * (side + 4) + 6, top + 24);
  context.fillStyle = look.muted;
  context.fillText(said, 12 + small.length * (side + 4) + 6, top + 40);
  context.strokeStyle = look.muted;
  context.globalAlpha = 0.3;
  context.beginPath();
  context.moveTo(12, top + 60);
  context.lineTo(width - 12, top + 60);
  context.stroke();
  context.globalAlpha = 1;
  if (result === undefined) return;
  context.fillStyle = look.learned;
  context.globalAlpha = 0.55;
  for (const bits of result.bits.filter(Number.isFinite)) {
    context.beginPath();
    context.arc(at(bits), top + 60, 4, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  const { value, standardError } = result.mean;
  context.strokeStyle = look.learned;
  context.lineWidth = 2.4;
  context.beginPath();
  context.moveTo(at(value), top + 50);
  context.lineTo(at(value), top + 70);
  context.moveTo(at(value - standardError), top + 60);
  context.lineTo(at(value + standardError), top + 60);
  context.stroke();
  context.lineWidth = 1.4;
  context.strokeStyle = look.accent;
  context.beginPath();
  const x = at(result.png);
  context.moveTo(x, top + 54);
  context.lineTo(x + 6, top + 60);
  context.lineTo(x, top + 66);
  context.lineTo(x - 6, top + 60);
  context.closePath();
  context.stroke();
}

const sameImage = (a: Image, b: Image | undefined): boolean =>
  b !== undefined && a.data.every((own, i) => own === b.data[i]);

let pen: HTMLCanvasElement | undefined;
function drawSmall(context: CanvasRenderingContext2D, image: Image, x: number, y: number): void {
  pen ??= document.createElement('canvas');
  putImage(pen, image);
  context.imageSmoothingEnabled = false;
  context.drawImage(pen, x, y, side, side);
}

/** The axis. */
export function BitsAxis(): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { value: all } = kinds;
  const { value: look } = colors;
  const height = all.length * rowHeight + foot;
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d', { alpha: false });
    if (element === null || context === undefined || context === null) return undefined;
    const paint = (): void => {
      const width = element.clientWidth;
      const ratio = Math.min(3, devicePixelRatio);
      [element.width, element.height] = [Math.round(width * ratio), Math.round(height * ratio)];
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawAxis(context, width, { all, look });
    };
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    paint();
    return () => {
      observer.disconnect();
    };
  }, [all, look, height]);
  const said = all
    .flatMap(({ title, result }) => (result ? [`${title} ${result.mean.value.toFixed(2)}`] : []))
    .join(', ');
  return (
    <div class="axis">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Bits per dimension: ${said === '' ? 'nothing yet' : said}`}
        style={{ height: `${height}px` }}
      />
    </div>
  );
}
