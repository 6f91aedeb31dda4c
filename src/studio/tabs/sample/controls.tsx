/** @file The controls of the tab Sample: samplers, their evaluations, whose score, and the noise levels of chains. */
import type { JSX } from 'preact';
import { Choice, Slider } from '../../parts/controls.tsx';
import { change, state } from '../../state/state.ts';
import { networkStep, run, tempo } from '../learn-model.ts';
import { runners, stepOf } from './model.ts';

/** A sampler for each pane. */
export function Pickers(): JSX.Element {
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

/** Whose score is asked, and a network where there is none. */
export function ScoreChoice(): JSX.Element {
  const { score } = state.value;
  const step = networkStep.value;
  const learning = tempo.value === 'running' || tempo.value === 'starting';
  return (
    <>
      <Choice
        label="Score"
        value={score}
        options={[
          { value: 'exact', text: 'exact', title: 'in closed form' },
          { value: 'learned', text: 'learned', title: 'that of the network of the tab Learn' },
          { value: 'both', text: 'both', title: 'beside one another' },
        ]}
        onChange={(value) => {
          change({ score: value });
        }}
      />
      {score !== 'exact' && (
        <div class="control">
          <span class="label">Network</span>
          <div class="actions">
            <button
              type="button"
              disabled={learning}
              onClick={() => {
                run();
              }}
            >
              {step === undefined ? 'Learn one' : 'Go on learning'}
            </button>
            <span role="status">
              {tempo.value === 'starting' ? 'the engine loads' : step === undefined ? '' : `${step} steps`}
            </span>
          </div>
        </div>
      )}
    </>
  );
}

/** How many samples. */
export function CountChoice(): JSX.Element {
  return (
    <Choice
      label="Samples"
      value={state.value.n}
      options={([250, 1000, 2000] as const).map((value) => ({ value, text: String(value) }))}
      onChange={(value) => {
        change({ n: value });
      }}
    />
  );
}

/** Sliders of noise levels are even in their logarithms. */
const digits = (value: number): number => Number(value.toPrecision(2));

/** The noise levels of chains, and their steps. */
export function ChainControls(): JSX.Element {
  const { first, last, alpha, pace } = state.value;
  return (
    <>
      <div class="row">
        <Slider
          label="First noise level"
          value={Math.log10(first)}
          range={[-1, 1.3]}
          step={0.05}
          text={String(first)}
          onChange={(value) => {
            change({ first: digits(10 ** value) });
          }}
        />
        <Slider
          label="Last noise level"
          value={Math.log10(last)}
          range={[-3, 0.5]}
          step={0.05}
          text={String(last)}
          onChange={(value) => {
            change({ last: digits(10 ** value) });
          }}
        />
      </div>
      <div class="row">
        <Choice
          label="Step over square of the level"
          value={alpha}
          options={([0.02, 0.1, 0.4, 1] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ alpha: value });
          }}
        />
        <Choice
          label={`It ${pace === 'kept' ? `is ${stepOf(state.value).toPrecision(2)}` : 'follows the last level'}`}
          value={pace}
          options={[
            { value: 'follows', text: 'follows', title: 'the same for every last level' },
            {
              value: 'kept',
              text: 'kept',
              title: 'in units of the data, that of a last level of a hundredth of the first',
            },
          ]}
          onChange={(value) => {
            change({ pace: value });
          }}
        />
      </div>
    </>
  );
}
