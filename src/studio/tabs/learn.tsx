/** @file The tab Learn: a network learns the score of points while one watches. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formulas } from '../formulas.ts';
import { ClockBar } from '../parts/clock-bar.tsx';
import { Choice, Formula, Readout } from '../parts/controls.tsx';
import { DataPicker } from '../parts/data-picker.tsx';
import { useKeys } from '../parts/keys.tsx';
import { layerToggle } from '../parts/layers.tsx';
import { ProcessChoice } from '../parts/process-choice.tsx';
import { EngineLine } from '../parts/engine-line.tsx';
import { Share } from '../parts/share.tsx';
import { setting } from '../state/data.ts';
import { change, state } from '../state/state.ts';
import { Stage } from '../view/stage.tsx';
import { oneLevel } from '../work/facts.ts';
import { Curves } from './learn-charts.tsx';
import { learnPicture } from './learn-picture.ts';
import { learnProgram } from './learn-program.ts';
import {
  errors,
  explain,
  floor,
  followLearning,
  learnedField,
  lesson,
  losses,
  pauseTraining,
  report,
  reset,
  run,
  tempo,
  type Tempo,
} from './learn-model.ts';

/** What happens in a step, as the slow tempo shows it. */
const phases = [
  'Take points of the data.',
  'Add noise of a random level.',
  'The network predicts the noise from the noisy points alone.',
  'Compare: the loss is the mean square of what is left.',
  'Step: the weights go a little downhill. Ten of them later:',
] as const;

/** The tab. */
export function LearnTab(): JSX.Element {
  useEffect(followLearning, []);
  useKeys({ l: toggleRun, r: reset });
  const picture = useComputed(learnPicture);
  const { sde, data, width, rate, levels, points, seed, goal, hide } = state.value;
  const text = !hide.includes('text');
  const { value: now } = tempo;
  const { value: last } = report;
  const { value: shown } = lesson;
  return (
    <section class="tab" aria-label="Learn">
      <div class="lede">
        <h1>A network learns the score from points alone</h1>
        {text && (
          <p>
            {levels === 'none' ? (
              <>
                It sees {points} points without noise, and matches their score by <Formula mathml={formulas.matching} />
                , in which the score itself does not appear.
              </>
            ) : (
              <>
                It sees {points} points with noise and learns to predict the noise: <Formula mathml={formulas.loss} />.
                That is the score it never saw.
              </>
            )}
          </p>
        )}
      </div>
      <div class="picture">
        <Stage picture={picture} label={`Learned and exact score of the data after ${last?.step ?? 0} steps`} />
        <p class="phase" aria-live="polite">
          {shown === undefined
            ? now === 'new'
              ? 'The arrows are exact. Let a network learn them.'
              : 'Blue arrows are learned, thin ones are exact.'
            : `${shown.phase + 1}. ${phases[shown.phase] ?? ''}`}
        </p>
        <ClockBar sde={sde} />
        <div class="legend" role="group" aria-label="What is shown">
          {layerToggle(
            'density',
            last === undefined ? 'density' : 'error of the score',
            last === undefined ? 'density' : 'error',
          )}
          {layerToggle('arrows', 'exact score', 'ink')}
          {layerToggle('learned', 'learned score', 'learned')}
          {layerToggle('particles', 'samples of the network', 'accent')}
        </div>
      </div>
      <div class="side">
        <div class="actions tempo">
          <button type="button" class="primary" title="key L" onClick={toggleRun}>
            {runs(now) ? 'Pause' : now === 'new' ? 'Learn' : 'Go on'}
          </button>
          <button
            type="button"
            aria-pressed={now === 'slow'}
            onClick={() => {
              void explain();
            }}
          >
            Slow
          </button>
          <button
            type="button"
            onClick={() => {
              run(1);
            }}
          >
            Step
          </button>
          <button type="button" title="key R" disabled={now === 'new'} onClick={reset}>
            Reset
          </button>
          <span role="status">{statusText()}</span>
        </div>
        <DataPicker />
        <div class="row">
          <Choice
            label="Noise in training"
            value={levels}
            options={[
              { value: 'many', text: 'every level', title: 'all noise levels of the process' },
              { value: 'one', text: 'one level', title: `σ/α = ${oneLevel} alone` },
              { value: 'none', text: 'none', title: 'clean points, by exact score matching' },
            ]}
            onChange={(value) => {
              change({ levels: value });
            }}
          />
          <Choice
            label="Width"
            value={width}
            options={([16, 32, 64, 128] as const).map((value) => ({ value, text: String(value) }))}
            onChange={(value) => {
              change({ width: value });
            }}
          />
        </div>
        <Choice
          label="Learning rate"
          value={rate}
          options={([0.0003, 0.001, 0.002, 0.005, 0.01] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ rate: value });
          }}
        />
        <More />
        <Numbers />
        <Curves />
        {text && (
          <div class="prose">
            <p>
              <b>Try it.</b> Learn with one noise level and put the clock to σ/α = {oneLevel}: the score is right where
              points are, and far from them it errs by more than it knows. Switch to every level and go on: noise
              carries points into the gaps. Slow shows what one step does.
            </p>
          </div>
        )}
        <Share
          name={`learn-${data}-seed-${seed}`}
          motion="clock"
          code={learnProgram(state.value, setting.value, Math.max(goal, last?.step ?? 0))}
          numbers={() => ({
            ...{ data, sde, seed, width, rate, levels, points, batch: state.value.batch },
            relativeErrors: errors.value,
            ...{ losses: losses.value, levelErrors: last?.levels, floor: floor.value },
            score: learnedField.value && {
              t: learnedField.value.t,
              onData: learnedField.value.onData,
              everywhere: learnedField.value.everywhere,
            },
          })}
        />
        <EngineLine pictures={false} />
      </div>
    </section>
  );
}

const runs = (now: Tempo): boolean => now === 'running' || now === 'starting' || now === 'slow';

function toggleRun(): void {
  const { value: now } = tempo;
  if (runs(now)) pauseTraining();
  else run();
}

function statusText(): string {
  const { value: now } = tempo;
  if (now === 'starting') return 'The engine loads: 2 to 4 MB, once.';
  if (now === 'waiting') return `It rests after ${report.value?.step ?? 0} steps.`;
  return '';
}

function Numbers(): JSX.Element {
  const { value: last } = report;
  const { value: field } = learnedField;
  const percent = (value: number): string =>
    value > 9.99 ? '> 999 %' : `${(100 * value).toFixed(value < 0.1 ? 1 : 0)} %`;
  return (
    <Readout
      rows={[
        ['step', last?.step ?? 0],
        ['loss', last === undefined ? '–' : last.smoothedLoss.toFixed(3)],
        ['error on data', field === undefined ? '–' : percent(field.onData)],
        ['error everywhere', field === undefined ? '–' : percent(field.everywhere)],
        ['ms a step', last === undefined ? '–' : last.ms.toFixed(1)],
      ]}
    />
  );
}

/** Settings that change little. */
function More(): JSX.Element {
  const { points, batch, goal } = state.value;
  return (
    <details class="more">
      <summary>Process, points, batch, steps</summary>
      <div class="row">
        <ProcessChoice />
        <Choice
          label="Points"
          value={points}
          options={([500, 2000, 10000] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ points: value });
          }}
        />
        <Choice
          label="Points of a step"
          value={batch}
          options={([64, 128, 256] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ batch: value });
          }}
        />
        <Choice
          label="Steps until it rests"
          value={goal}
          options={([500, 1000, 2000, 4000] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ goal: value });
          }}
        />
      </div>
    </details>
  );
}
