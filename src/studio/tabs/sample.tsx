/** @file The tab Sample: up to four samplers from the same noise, at equal evaluations of the score. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Estimate } from '../../evaluate/estimate.ts';
import { EvaluationClock } from '../parts/clock-bar.tsx';
import { Choice, Slider } from '../parts/controls.tsx';
import { DataPicker } from '../parts/data-picker.tsx';
import { Share } from '../parts/share.tsx';
import { setting } from '../state/data.ts';
import { change, state } from '../state/state.ts';
import { place } from '../view/clock.ts';
import type { Picture } from '../view/picture.ts';
import { Stage } from '../view/stage.tsx';
import { colors } from '../view/theme.ts';
import { sampleProgram } from './programs.ts';
import { entries, floor, followRace, runners, sampleCount, samplesAt } from './sample-model.ts';

/** The tab. */
export function SampleTab(): JSX.Element {
  useEffect(followRace, []);
  const { by, nfe, sde, seed, data, hide } = state.value;
  const text = !hide.includes('text');
  return (
    <section class="tab" aria-label="Sample">
      <div class="lede">
        <h1>Same noise, same score, different ways down</h1>
        {text && (
          <p>
            Each pane starts from the same {sampleCount} draws of noise and may ask the exact score {nfe} times for
            each. What differs is how the sampler uses the answers.
          </p>
        )}
      </div>
      <div class="picture">
        <div class={`panes of-${by.length}`}>
          {by.map((name, index) => (
            <Pane key={`${index} ${name}`} index={index} name={name} />
          ))}
        </div>
        <EvaluationClock nfe={nfe} />
      </div>
      <div class="side">
        <DataPicker />
        <Pickers />
        <div class="row">
          <Slider
            label="Evaluations"
            value={nfe}
            range={[4, 100]}
            step={1}
            text={String(nfe)}
            onChange={(value) => {
              change({ nfe: value });
            }}
          />
          <Choice
            label="Process"
            value={sde}
            options={[
              { value: 'vp', text: 'VP' },
              { value: 'sub-vp', text: 'sub-VP' },
              { value: 've', text: 'VE' },
            ]}
            onChange={(value) => {
              change({ sde: value });
            }}
          />
          <div class="control">
            <span class="label">Seed {seed}</span>
            <button
              type="button"
              onClick={() => {
                change({ seed: (seed + 1) % 2 ** 31 });
              }}
            >
              Draw again
            </button>
          </div>
        </div>
        <Table />
        {text && (
          <div class="prose">
            <p>
              <b>Try it.</b> Few evaluations: samplers that follow the ODE with a high order are near the data already,
              steps that draw noise are not. Many evaluations: all come down to the distance that exact samples have
              from each other.
            </p>
          </div>
        )}
        <Share
          name={`sample-${data}-nfe-${nfe}-seed-${seed}`}
          code={sampleProgram(state.value, setting.value, sampleCount)}
          numbers={() => ({
            ...{ data, sde, seed, nfe, samples: sampleCount, floor: floor.value },
            samplers: entries.value.map(({ name, result, problem }) => ({ name, ...result, problem })),
          })}
        />
      </div>
    </section>
  );
}

const round = ({ value, standardError }: Estimate): string => `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;

function Pane({ index, name }: { readonly index: number; readonly name: string }): JSX.Element {
  const picture = useComputed((): Picture => {
    const { value: look } = colors;
    const entry = entries.value[index];
    const frame = entry && samplesAt(entry, place.value * state.value.nfe);
    return frame === undefined ? {} : { dots: [{ at: frame.x, color: look.accent, size: 2.2, opacity: 0.85 }] };
  });
  const entry = entries.value[index];
  const own = entry?.name === name ? entry : undefined;
  const said = own?.problem ?? (own?.result === undefined ? 'running' : `distance ${round(own.result.distance)}`);
  return (
    <figure class="pane">
      <Stage picture={picture} label={`Samples of ${name}: ${said}`} />
      <figcaption>
        <b>{name}</b> <span>{said}</span>
      </figcaption>
    </figure>
  );
}

/** A sampler for each pane. */
function Pickers(): JSX.Element {
  const { by } = state.value;
  const { value: all } = runners;
  const titleOf = (name: string): string => all.find((own) => own.name === name)?.description ?? name;
  return (
    <div class="pickers">
      {by.map((name, i) => (
        <label key={i} class="control">
          <span class="label">Pane {i + 1}</span>
          <select
            value={name}
            title={titleOf(name)}
            onChange={({ currentTarget }) => {
              change({ by: by.map((other, k) => (k === i ? currentTarget.value : other)) });
            }}
          >
            {(all.length === 0 ? [{ name }] : all)
              .filter((own) => own.name === name || !by.includes(own.name))
              .map((own) => (
                <option key={own.name} value={own.name}>
                  {own.name}
                </option>
              ))}
          </select>
        </label>
      ))}
      <div class="control small">
        <button
          type="button"
          aria-label="Add a pane"
          disabled={by.length >= 4 || all.length === 0}
          onClick={() => {
            const next = all.find((own) => !by.includes(own.name));
            if (next !== undefined) change({ by: [...by, next.name] });
          }}
        >
          +
        </button>
        <button
          type="button"
          aria-label="Remove the last pane"
          disabled={by.length <= 1}
          onClick={() => {
            change({ by: by.slice(0, -1) });
          }}
        >
          −
        </button>
      </div>
    </div>
  );
}

function Table(): JSX.Element {
  const { value: all } = entries;
  const { value: exact } = floor;
  return (
    <table>
      <caption>
        Distance to {sampleCount} exact samples: sliced Wasserstein, p = 1, 32 directions, ± standard error
      </caption>
      <thead>
        <tr>
          <th scope="col">sampler</th>
          <th scope="col">evaluations</th>
          <th scope="col">distance</th>
          <th scope="col">ms here</th>
        </tr>
      </thead>
      <tbody>
        {state.value.by.map((name, i) => {
          const result = all[i]?.name === name ? all[i].result : undefined;
          return (
            <tr key={i}>
              <th scope="row">{name}</th>
              <td>{result?.evaluations ?? '–'}</td>
              <td>{result === undefined ? '–' : round(result.distance)}</td>
              <td>{result === undefined ? '–' : result.ms.toFixed(0)}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">exact samples</th>
          <td>–</td>
          <td>{exact === undefined ? '–' : round(exact)}</td>
          <td>–</td>
        </tr>
      </tbody>
    </table>
  );
}
