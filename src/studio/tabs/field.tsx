/** @file The tab Field: density, score and particles of a law that is known exactly. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Estimate } from '../../evaluate/estimate.ts';
import { ClockBar } from '../parts/clock-bar.tsx';
import { Choice, Formula, Readout } from '../parts/controls.tsx';
import { DataPicker } from '../parts/data-picker.tsx';
import { Drawing, drawAt } from '../parts/drawing.tsx';
import { GaussianControls, Handles } from '../parts/handles.tsx';
import { layerToggle } from '../parts/layers.tsx';
import { ProcessChoice } from '../parts/process-choice.tsx';
import { SeedControl } from '../parts/seed-control.tsx';
import { Share } from '../parts/share.tsx';
import { formulas } from '../formulas.ts';
import { setting } from '../state/data.ts';
import { change, state } from '../state/state.ts';
import { place } from '../view/clock.ts';
import { densityLevel, dotStyle, type Picture } from '../view/picture.ts';
import { pointAt, Stage } from '../view/stage.tsx';
import { colors } from '../view/theme.ts';
import { fieldProgram } from './programs.ts';
import {
  chooseAt,
  chosen,
  dropping,
  field,
  followField,
  frames,
  information,
  informing,
  particles,
} from './field-model.ts';
import { pathOf } from './particles.ts';

/** The tab. */
export function FieldTab(): JSX.Element {
  useEffect(followField, []);
  const picture = useComputed((): Picture => {
    const { hide } = state.value;
    const { value: look } = colors;
    const { value: now } = field;
    const seen = (name: string): boolean => !hide.includes(name);
    const { value: all } = frames;
    const path = all !== undefined && chosen.value !== undefined ? pathOf(all, chosen.value, place.value) : undefined;
    const own =
      dropping.value === undefined
        ? undefined
        : pathOf(dropping.value, 0, Math.max(place.value, dropping.value.first / 120));
    const lines = [path, own].flatMap((pair) =>
      pair === undefined
        ? []
        : [
            { through: pair[1], color: look.ink, width: 1, dashed: true },
            { through: pair[0], color: look.ink, width: 1.6, head: true },
          ],
    );
    return {
      cells: now && seen('density') ? { values: now.density, colors: look.density, level: densityLevel } : undefined,
      dots:
        particles.value && seen('particles')
          ? [{ at: particles.value, color: look.accent, ...dotStyle(particles.value.length / 2) }]
          : [],
      arrows: now && seen('arrows') ? [{ vectors: now.arrows, color: look.ink, width: 1 }] : [],
      lines,
    };
  });
  const { data, sde, flow, n, seed, hide } = state.value;
  const { value: now } = field;
  const shrink = now === undefined ? 1 : now.alpha / now.scale;
  const text = !hide.includes('text');
  return (
    <section class="tab" aria-label="Field">
      <div class="lede">
        <h1>The score points to where data are likelier</h1>
        {text && (
          <p>
            Noise turns any data into a plain Gaussian. The <b>score</b> <Formula mathml={formulas.score} /> knows the
            way back: follow its arrows from noise, and particles become data.
          </p>
        )}
      </div>
      <div class="picture">
        <Stage
          picture={picture}
          label={`The density of the data under noise, its score as arrows, and ${n} particles`}
          onPress={(at) => {
            if (data === 'drawn') drawAt(pointAt(at), shrink);
            else void chooseAt(pointAt(at));
          }}
          onDrag={
            data === 'drawn'
              ? (at) => {
                  drawAt(pointAt(at), shrink);
                }
              : undefined
          }
        >
          {data === 'gaussians' && shrink > 0.3 && <Handles shrink={shrink} />}
        </Stage>
        <ClockBar sde={sde} />
        <div class="legend" role="group" aria-label="What is shown">
          {layerToggle('density', 'density', 'density')}
          {layerToggle('arrows', 'exact score', 'ink')}
          {layerToggle('particles', 'particles', 'accent')}
        </div>
      </div>
      <div class="side">
        <DataPicker />
        {data === 'gaussians' && <GaussianControls />}
        {data === 'drawn' && <Drawing />}
        <div class="row">
          <ProcessChoice />
          <Choice
            label="Way back"
            value={flow}
            options={[
              { value: 'sde', text: 'SDE', title: 'each step draws noise' },
              { value: 'ode', text: 'ODE', title: 'the probability flow: no noise on the way' },
            ]}
            onChange={(value) => {
              change({ flow: value });
            }}
          />
        </div>
        <div class="row">
          <Choice
            label="Particles"
            value={n}
            options={([250, 500, 1000, 2000] as const).map((value) => ({ value, text: String(value) }))}
            onChange={(value) => {
              change({ n: value });
            }}
          />
          <SeedControl />
        </div>
        <Information />
        {text && <FieldText flow={flow} data={data} />}
        <Share
          name={`field-${data}-seed-${seed}`}
          motion="clock"
          code={fieldProgram(state.value, setting.value)}
          numbers={() => ({
            ...{
              data,
              sde,
              flow,
              seed,
              particles: n,
              t: field.value?.t,
              alpha: field.value?.alpha,
              sigma: field.value?.sigma,
            },
            law: setting.value.law,
            fisher: information.value,
            positions: Array.from(particles.value ?? []),
          })}
        />
      </div>
    </section>
  );
}

/** The mean square of the score, in two ways that are one for the score of the data. */
function Information(): JSX.Element {
  const { value: found } = information;
  const shown = ({ value, standardError }: Estimate): string =>
    `${value.toPrecision(4)} ± ${standardError.toPrecision(2)}`;
  return (
    <details
      class="more"
      open={informing.value}
      onToggle={({ currentTarget }) => {
        informing.value = currentTarget.open;
      }}
    >
      <summary>Mean square of the score, and its divergence</summary>
      <Readout
        rows={[
          ['mean ‖s‖²', found === undefined ? '–' : shown(found.bySquares)],
          ['mean −∇·s', found === undefined ? '–' : shown(found.byTrace)],
        ]}
      />
    </details>
  );
}

function FieldText({ flow, data }: { readonly flow: 'sde' | 'ode'; readonly data: string }): JSX.Element {
  return (
    <div class="prose">
      <p>
        <b>Try it.</b>{' '}
        {data === 'gaussians' ? 'Drag a numbered Gaussian. ' : data === 'drawn' ? 'Draw points with the pointer. ' : ''}
        Slide the clock to noise and back: near the data the arrows forget how heavy a far cluster is, and noise joins
        the clusters until they know.
        {data !== 'drawn' && ' Press on a particle to see its path; press on an empty place to drop one there.'}
      </p>
      <p>
        {flow === 'sde' ? (
          <>
            The particles follow the reverse SDE <Formula mathml={formulas.reverse} />: the score draws them in, fresh
            noise spreads them.
          </>
        ) : (
          <>
            The particles follow the probability flow <Formula mathml={formulas.flow} />: no noise on the way, and paths
            never cross.
          </>
        )}
      </p>
    </div>
  );
}
