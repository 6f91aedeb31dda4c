/** @file A brush over the pixels of a picture, for pointers and for the keys. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';

/** Properties of a brush. */
export interface BrushProps {
  readonly width: number;
  readonly height: number;
  /** Radius in pixels. */
  readonly radius: number;
  /** What it does, for screen readers. */
  readonly label: string;
  /** Paints pixels, by their numbers row by row. */
  readonly onPaint: (pixels: readonly number[]) => void;
  /** The stroke ends. */
  readonly onEnd: () => void;
}

const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The pixels of a disk. */
function disk([x, y]: readonly [number, number], { width, height, radius }: BrushProps): readonly number[] {
  const found: number[] = [];
  const reach = Math.ceil(radius);
  for (let j = Math.max(0, y - reach); j <= Math.min(height - 1, y + reach); j++)
    for (let i = Math.max(0, x - reach); i <= Math.min(width - 1, x + reach); i++)
      if (Math.hypot(i - x, j - y) <= radius) found.push(j * width + i);
  return found;
}

/** The pixels of a disk that goes from one place to another. */
function stroke(from: readonly [number, number], to: readonly [number, number], props: BrushProps): readonly number[] {
  const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  return Array.from({ length: steps }, (_, k) => {
    const part = (k + 1) / steps;
    const at = (i: 0 | 1): number => Math.round(from[i] + part * (to[i] - from[i]));
    return disk([at(0), at(1)], props);
  }).flat();
}

/** A layer over a picture that paints: by the pointer, or by the arrow keys and the space bar. */
export function Brush(props: BrushProps): JSX.Element {
  const { width, height, radius, label, onPaint, onEnd } = props;
  const cursor = useSignal<readonly [number, number]>([width >> 1, height >> 1]);
  const seen = useSignal(false);
  const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent): readonly [number, number] => {
    const { left, top, width: wide, height: tall } = (currentTarget as Element).getBoundingClientRect();
    return [Math.floor(((clientX - left) / wide) * width), Math.floor(((clientY - top) / tall) * height)];
  };
  const [x, y] = cursor.value;
  const percent = (value: number, of: number): string => `${((100 * value) / of).toFixed(2)}%`;
  return (
    <div
      class="brush"
      role="application"
      tabIndex={0}
      aria-label={`${label}; row ${y + 1}, column ${x + 1}: the arrow keys shift the brush, space paints`}
      onFocus={() => (seen.value = true)}
      onBlur={() => (seen.value = false)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        cursor.value = placeOf(event);
        onPaint(disk(cursor.value, props));
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const to = placeOf(event);
        onPaint(stroke(cursor.value, to, props));
        cursor.value = to;
      }}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onKeyDown={(event) => {
        const by = keys[event.key];
        if (by === undefined && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        if (by === undefined) {
          onPaint(disk(cursor.value, props));
          onEnd();
          return;
        }
        const into = (value: number, most: number): number => Math.min(most - 1, Math.max(0, value));
        cursor.value = [into(x + by[0], width), into(y + by[1], height)];
      }}
    >
      {seen.value && (
        <i
          aria-hidden="true"
          style={{
            left: percent(x + 0.5, width),
            top: percent(y + 0.5, height),
            width: percent(2 * radius + 1, width),
            height: percent(2 * radius + 1, height),
          }}
        />
      )}
    </div>
  );
}
