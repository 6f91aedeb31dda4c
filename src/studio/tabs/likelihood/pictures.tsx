/** @file How likely a model finds pictures: kinds of them on one axis, one of which the visitor draws. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { Brush } from '../../parts/brush.tsx';
import { OwnPicture } from '../../parts/own-picture.tsx';
import { change, state } from '../../state/state.ts';
import { Pixels } from '../../view/pixels.tsx';
import { facts } from '../trained/models.ts';
import { ModelPicker } from '../trained/model-picker.tsx';
import { BitsAxis } from './axis.tsx';
import { colorsOf, paintOf, paintText, paletteOf } from './paint.ts';
import { followPictures, kinds, pictureCount } from './pictures-model.ts';
import { Tolerance } from './plane.tsx';

/** The axis. */
export function PicturesPicture(): JSX.Element {
  useEffect(followPictures, []);
  return <BitsAxis />;
}

/** The controls and the numbers. */
export function PicturesSide(): JSX.Element {
  const { tolerance, hide } = state.value;
  const text = !hide.includes('text');
  return (
    <>
      <Paint />
      <ModelPicker />
      <Tolerance value={tolerance} />
      <Table />
      {text && <Paradox />}
    </>
  );
}

/** The picture that the visitor draws. */
function Paint(): JSX.Element {
  const name = useId();
  const { value: own } = facts;
  const shape = own?.shape ?? [1, 28, 28];
  const [channels, height = 1, width = 1] = shape;
  const palette = paletteOf(shape);
  const chosen = useSignal(channels === 1 ? 15 : 1);
  const painting = useSignal<Uint8Array | undefined>(undefined);
  const painted = painting.value ?? paintOf(state.value.paint, shape);
  return (
    <div class="paint">
      <Pixels image={{ height, width, channels: 3, data: colorsOf(painted, shape) }} label="The picture that is drawn">
        <Brush
          {...{ width, height }}
          radius={0.9}
          label="Pen"
          onPaint={(pixels) => {
            const next = (painting.value ?? painted).slice();
            for (const pixel of pixels) next[pixel] = chosen.value;
            painting.value = next;
          }}
          onEnd={() => {
            if (painting.value !== undefined) change({ paint: paintText(painting.value) });
            painting.value = undefined;
          }}
        />
      </Pixels>
      <fieldset class="control">
        <legend>Draw a picture</legend>
        <div class="palette">
          {palette.map(([red, green, blue], i) =>
            channels === 1 && i % 3 !== 0 ? null : (
              <label key={i}>
                <input
                  type="radio"
                  name={name}
                  checked={chosen.value === i}
                  aria-label={`color ${i + 1} of ${palette.length}: red ${red}, green ${green}, blue ${blue}`}
                  onChange={() => (chosen.value = i)}
                />
                <svg viewBox="0 0 22 22" aria-hidden="true">
                  <rect width="22" height="22" rx="5" fill={`rgb(${red} ${green} ${blue})`} />
                </svg>
              </label>
            ),
          )}
        </div>
        <div class="actions">
          <button
            type="button"
            onClick={() => {
              change({ paint: paintText(new Uint8Array(height * width)) });
            }}
          >
            Clear
          </button>
          <button
            type="button"
            onClick={() => {
              change({ paint: '' });
            }}
          >
            A digit
          </button>
          <OwnPicture />
        </div>
      </fieldset>
    </div>
  );
}

function Table(): JSX.Element {
  return (
    <table>
      <caption>
        Bits per dimension of {pictureCount} pictures of a kind, ± standard error: over pictures, or where they are
        equal over draws of the noise within gray levels
      </caption>
      <thead>
        <tr>
          <th scope="col">pictures</th>
          <th scope="col">bits</th>
          <th scope="col">PNG</th>
          <th scope="col">evaluations</th>
        </tr>
      </thead>
      <tbody>
        {kinds.value.map(({ title, result, problem, fraction }) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            {result === undefined ? (
              <td colSpan={3}>{problem ?? `${Math.round(100 * fraction)} %`}</td>
            ) : (
              <>
                <td>
                  {result.mean.value.toFixed(2)} ± {result.mean.standardError.toFixed(2)}
                </td>
                <td>{result.png.toFixed(2)}</td>
                <td>{result.evaluations.toFixed(0)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Paradox(): JSX.Element {
  return (
    <div class="prose">
      <p>
        <b>The paradox.</b> A model may find pictures likelier that it never saw than those it learned from: a digit, a
        plain gray. Nothing is wrong with it. A density is mass per volume, and simple pictures need few bits whoever
        counts: their PNG files (diamonds) are short as well.
      </p>
      <p>
        The model still never draws them. There are few simple pictures and very many with texture, so that nearly all
        mass lies where each single picture is less likely. To be typical is something else than to be likely.
      </p>
    </div>
  );
}
