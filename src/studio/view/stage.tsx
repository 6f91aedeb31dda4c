/** @file A square canvas that is sharp at every pixel ratio and is drawn again when what it shows changes. */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { reach } from '../state/fields.ts';
import { draw, type Picture } from './picture.ts';
import { colors } from './theme.ts';

/** Properties of a stage. */
export interface StageProps {
  readonly picture: ReadonlySignal<Picture>;
  /** What is seen, in a sentence, for screen readers. */
  readonly label: string;
  readonly onPress?: ((place: Place, event: PointerEvent) => void) | undefined;
  readonly onDrag?: ((place: Place) => void) | undefined;
  /** Over the canvas. */
  readonly children?: ComponentChildren;
}

/** A place in the picture, from 0 at its left and top to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A place of a canvas in units of the picture. */
export function pointAt({ x, y }: Place): readonly [number, number] {
  return [(2 * x - 1) * reach, (1 - 2 * y) * reach];
}

/** A canvas with what lies over it. */
export function Stage({ picture, label, onPress, onDrag, children }: StageProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d', { alpha: false });
    if (element === null || context === undefined || context === null) return undefined;
    let frame = 0;
    const paint = (): void => {
      frame = 0;
      const size = element.clientWidth;
      const ratio = Math.min(3, devicePixelRatio);
      const pixels = Math.max(1, Math.round(size * ratio));
      if (element.width !== pixels) [element.width, element.height] = [pixels, pixels];
      context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
      draw(context, size, picture.peek(), colors.peek());
    };
    const again = (): void => {
      if (frame === 0) frame = requestAnimationFrame(paint);
    };
    const stops = [picture.subscribe(again), colors.subscribe(again)];
    const observer = new ResizeObserver(again);
    observer.observe(element);
    return () => {
      for (const stop of stops) stop();
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [picture]);
  const placeOf = ({ clientX, clientY, currentTarget }: PointerEvent): Place => {
    const { left, top, width, height } = (currentTarget as Element).getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  };
  return (
    <div class="stage">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        class={onDrag === undefined ? '' : 'draws'}
        onPointerDown={(event) => {
          onPress?.(placeOf(event), event);
          if (onDrag !== undefined) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (onDrag !== undefined && event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(placeOf(event));
        }}
      />
      {children}
    </div>
  );
}
