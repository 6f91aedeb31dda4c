/** @file The picture that is measured, with a brush that hides pixels of it, and what is measured. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Brush } from '../../parts/brush.tsx';
import { Choice } from '../../parts/controls.tsx';
import { pack } from '../../state/packed.ts';
import { change, state } from '../../state/state.ts';
import type { Image } from '../../../plot/png.ts';
import { Pixels } from '../../view/pixels.tsx';
import { facts, pictureTitle } from '../trained/models.ts';
import { attempts, maskOf, subject } from './drawing.ts';

/** Color of hidden pixels, and how much of it lies over them. */
const veil = [194, 65, 12] as const;
const thickness = 0.72;

/** A picture in color, with a veil over hidden pixels. */
function veiled({ width, height, channels, data }: Image, known: Uint8Array | undefined): Image {
  const out = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) {
      const value = data[i * channels + (channels === 1 ? 0 : c)] ?? 0;
      out[3 * i + c] = known?.[i] === 0 ? (1 - thickness) * value + thickness * (veil[c] ?? 0) : value;
    }
  return { width, height, channels: 3, data: out };
}

/** The box that is hidden unless a mask is painted: the middle half of both sides. */
function boxOf([, height = 1, width = 1]: readonly number[]): Uint8Array {
  const inside = (at: number, side: number): boolean => {
    const half = Math.max(1, side >> 1);
    const first = (side - half) >> 1;
    return at >= first && at < first + half;
  };
  return Uint8Array.from({ length: height * width }, (_, i) =>
    inside(Math.floor(i / width), height) && inside(i % width, width) ? 0 : 1,
  );
}

/** The two pictures. */
export function Subject(): JSX.Element {
  const { task, mask, picture } = state.value;
  const { value: own } = facts;
  const { value: shown } = subject;
  const tool = useSignal<'hide' | 'show'>('hide');
  // What is being painted, before it goes into the address.
  const painting = useSignal<Uint8Array | undefined>(undefined);
  const shape = own?.shape ?? [1, 1, 1];
  const [, height = 1, width = 1] = shape;
  const known = task === 'inpaint' ? (painting.value ?? maskOf(mask, shape) ?? boxOf(shape)) : undefined;
  const noisy = attempts.value.find(({ result }) => result !== undefined)?.result?.measured;
  const setMask = (values: Uint8Array): void => {
    // The last known pixel stays: something must be measured.
    if (values.includes(1)) change({ mask: pack(values, 1) });
  };
  return (
    <>
      <div class="subject">
        <figure class="pane">
          <Pixels
            image={shown && veiled(shown.truth, known)}
            label={`The picture: ${pictureTitle(picture)}${known === undefined ? '' : `; ${known.filter((one) => one === 0).length} of ${known.length} pixels are hidden`}`}
          >
            {known === undefined ? undefined : (
              <Brush
                {...{ width, height }}
                radius={width / 16}
                label={tool.value === 'hide' ? 'Brush that hides pixels' : 'Brush that shows pixels'}
                onPaint={(pixels) => {
                  const next = (painting.value ?? known).slice();
                  for (const pixel of pixels) next[pixel] = tool.value === 'hide' ? 0 : 1;
                  painting.value = next;
                }}
                onEnd={() => {
                  if (painting.value !== undefined) setMask(painting.value);
                  painting.value = undefined;
                }}
              />
            )}
          </Pixels>
          <figcaption>
            <b>{task === 'inpaint' ? 'paint over it' : 'the picture'}</b> <span>{pictureTitle(picture)}</span>
          </figcaption>
        </figure>
        <figure class="pane">
          <Pixels image={noisy ?? shown?.measured} label="What is measured of it" />
          <figcaption>
            <b>what is left</b> <span>{noisy === undefined ? 'without noise yet' : `noise ${state.value.noise}`}</span>
          </figcaption>
        </figure>
      </div>
      {task === 'inpaint' && (
        <div class="actions brushes">
          <Choice
            label="Brush"
            value={tool.value}
            options={[
              { value: 'hide', text: 'hides' },
              { value: 'show', text: 'shows' },
            ]}
            onChange={(value) => (tool.value = value)}
          />
          <button
            type="button"
            onClick={() => {
              change({ mask: pack(new Uint8Array(height * width).fill(1), 1) });
            }}
          >
            Show all
          </button>
          <button
            type="button"
            onClick={() => {
              const left = Uint8Array.from({ length: height * width }, (_, i) => (i % width < width / 2 ? 1 : 0));
              change({ mask: pack(left, 1) });
            }}
          >
            Hide the right half
          </button>
          <button
            type="button"
            onClick={() => {
              change({ mask: '' });
            }}
          >
            A box
          </button>
        </div>
      )}
    </>
  );
}
