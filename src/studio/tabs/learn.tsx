/** @file The tab Learn: a network learns the score of points while one watches. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { formulas } from '../formulas.ts';
import { Chart } from '../parts/chart.tsx';
import { ClockBar } from '../parts/clock-bar.tsx';
import { Choice, Formula, Readout } from '../parts/controls.tsx';
import { DataPicker } from '../parts/data-picker.tsx';
import { useKeys } from '../parts/keys.tsx';
import { layerToggle } from '../parts/layers.tsx';
import { Share } from '../parts/share.tsx';
import { setting } from '../state/data.ts';
import { change, state } from '../state/state.ts';
import { place } from '../view/clock.ts';
import { densityLevel, dotStyle, errorLevel, type Picture } from '../view/picture.ts';
import { Stage } from '../view/stage.tsx';
import { colors } from '../view/theme.ts';
import { oneLevel, trainingPoints } from '../work/facts.ts';
import { particlesAt } from './particles.ts';
import { learnProgram } from './programs.ts';
import {
  exactField,
  explain,
  firstGoal,
  floor,
  followLearning,
  learnedField,
  lesson,
  losses,
  pauseTraining,
  report,
  reset,
  run,
  samples,
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
  const { sde, data, width, rate, levels, seed, hide } = state.value;
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
            It sees {trainingPoints} points with noise and learns to predict the noise:{' '}
            <Formula mathml={formulas.loss} />. That is the score it never saw.
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
          code={learnProgram(state.value, setting.value, Math.max(firstGoal, last?.step ?? 0))}
          numbers={() => ({
            ...{ data, sde, seed, width, rate, levels, points: trainingPoints },
            ...{ losses: losses.value, levelErrors: last?.levels, floor: floor.value },
            score: learnedField.value && {
              t: learnedField.value.t,
              onData: learnedField.value.onData,
              everywhere: learnedField.value.everywhere,
            },
          })}
        />
      </div>
    </section>
  );
}

const runs = (now: Tempo): boolean => now === 'running' || now === 'starting' || now === 'slow';

function toggleRun(): void {
  const { value: now } = tempo;
  if (runs(now)) pauseTraining();
  else run(firstGoal);
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

/** At most so many points of a curve; each is the mean of its steps. */
const mostPoints = 160;

function meansOf(values: readonly number[]): readonly (readonly [number, number])[] {
  const size = Math.max(1, Math.ceil(values.length / mostPoints));
  return Array.from({ length: Math.floor(values.length / size) }, (_, i) => {
    const part = values.slice(i * size, (i + 1) * size);
    return [(i + 0.5) * size, part.reduce((sum, value) => sum + value, 0) / part.length] as const;
  });
}

/** The least noise ratio of the chart; below it there is nothing to learn. */
const leastRatio = 0.01;

function Curves(): JSX.Element {
  const most = Math.max(firstGoal, losses.value.length);
  const levels = (report.value?.levels ?? []).filter(({ noiseRatio }) => noiseRatio >= leastRatio);
  return (
    <div class="charts">
      <Chart
        title="Loss"
        x={{ label: 'step', range: [0, most], ticks: [0, most / 2, most].map(Math.round) }}
        y={{ label: 'loss', range: [0.05, 2], log: true, ticks: [0.1, 0.3, 1] }}
        series={[{ name: 'of each batch, means', look: 'learned', points: meansOf(losses.value) }]}
      />
      <Chart
        title="Error by noise level"
        x={{ label: 'noise ratio σ/α', range: [leastRatio, 100], log: true, ticks: [leastRatio, 0.1, 1, 10, 100] }}
        y={{ label: 'error', range: [0.0005, 1.5], log: true, ticks: [0.001, 0.01, 0.1, 1] }}
        series={[
          {
            name: 'network',
            look: 'learned',
            dots: true,
            points: levels.map(({ noiseRatio, error }) => [noiseRatio, error] as const),
          },
          {
            name: 'floor: the exact score',
            look: 'ink',
            dashed: true,
            points: floor.value.map(({ noiseRatio, error }) => [noiseRatio, error] as const),
          },
        ]}
      />
    </div>
  );
}

function learnPicture(): Picture {
  const { hide } = state.value;
  const { value: look } = colors;
  const seen = (name: string): boolean => !hide.includes(name);
  const { value: exact } = exactField;
  const { value: learned } = learnedField;
  const { value: shown } = lesson;
  const { value: drawn } = samples;
  if (shown !== undefined) return lessonPicture(shown);
  const cells =
    learned !== undefined
      ? { values: learned.error, colors: look.error, level: errorLevel }
      : exact && { values: exact.density, colors: look.density, level: densityLevel };
  return {
    cells: seen('density') ? cells : undefined,
    dots:
      drawn !== undefined && seen('particles')
        ? [{ at: particlesAt(drawn.frames, place.value), color: look.accent, ...dotStyle(400) }]
        : [],
    arrows: [
      ...(exact !== undefined && seen('arrows') ? [{ vectors: exact.arrows, color: look.ink, width: 1 }] : []),
      ...(learned !== undefined && seen('learned')
        ? [{ vectors: learned.arrows, color: look.learned, width: 1.8 }]
        : []),
    ],
  };
}

function lessonPicture({ batch, phase }: NonNullable<typeof lesson.value>): Picture {
  const { value: look } = colors;
  const { value: exact } = exactField;
  const factor = -batch.sigma / batch.scale;
  const at = phase === 0 ? batch.clean : batch.noisy;
  return {
    cells: exact && phase < 2 ? { values: exact.density, colors: look.density, level: densityLevel } : undefined,
    dots: [{ at, color: phase === 0 ? look.ink : look.accent, size: 5, opacity: 0.9 }],
    // From a noisy point back along the noise is where it came from.
    pointers: [
      ...(phase === 1 || phase === 3 ? [{ from: batch.noisy, by: batch.noise, color: look.ink, factor }] : []),
      ...(phase >= 2 ? [{ from: batch.noisy, by: batch.predicted, color: look.learned, factor }] : []),
    ],
  };
}
