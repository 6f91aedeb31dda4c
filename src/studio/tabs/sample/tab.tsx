/** @file The tab Sample: what runs side by side from the same start, on one clock. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ClockBar } from '../../parts/clock-bar.tsx';
import { Choice, Slider } from '../../parts/controls.tsx';
import { DataPicker } from '../../parts/data-picker.tsx';
import { DirectionButton, EvaluationClock } from '../../parts/evaluation-clock.tsx';
import { GaussianControls } from '../../parts/handles.tsx';
import { useKeys } from '../../parts/keys.tsx';
import { ProcessChoice } from '../../parts/process-choice.tsx';
import { SeedControl } from '../../parts/seed-control.tsx';
import { Share } from '../../parts/share.tsx';
import type { State } from '../../state/address.ts';
import { setting } from '../../state/data.ts';
import { change, state } from '../../state/state.ts';
import { chainLevels, stepsPerLevel } from '../../work/facts.ts';
import { networkStep } from '../learn-model.ts';
import { ChainControls, CountChoice, Pickers, ScoreChoice } from './controls.tsx';
import { busy, floor, followSampling, entriesOf, runAll, stepOf, stopAll } from './model.ts';
import { chainsProgram, sampleProgram, waysProgram } from './programs.ts';
import { ChainPanes, RacePanes, WayPanes } from './panes.tsx';
import { ChainTable, RaceTable, WayTable } from './tables.tsx';

/** What is said of each. */
const words: Readonly<Record<State['race'], Readonly<Record<'title' | 'lede' | 'hint', string>>>> = {
  samplers: {
    title: 'Same noise, same score, different ways down',
    lede: 'Each pane starts from the same draws of noise and may ask the score as often. What differs is how the sampler uses the answers.',
    hint: 'Few evaluations: samplers that follow the ODE with a high order are near the data already, steps that draw noise are not. Many evaluations: all come down to the distance that exact samples have from each other. A learned score adds an error that no sampler mends.',
  },
  ways: {
    title: 'Three ways between data and noise',
    lede: 'At every time all panes have one law. The SDEs draw noise in each step, forward and back; the probability flow draws none and can be followed both ways.',
    hint: 'Turn the clock around. Lines are the paths of six particles: reverse SDE and flow begin with the same noise and end elsewhere. Paths of the flow do not cross, and there and back they are where they began.',
  },
  chains: {
    title: 'Chains need noise to find their weights',
    lede: 'Langevin chains with the exact score, spread evenly at first, 1000 steps each: on the data alone, or through ten noise levels that fade.',
    hint: 'Plain chains stay with the Gaussian that they meet first. Annealed ones cross while the noise is large. Shift the last level, and with the step kept it freezes the chains or blows them up.',
  },
};

const panes = { samplers: RacePanes, ways: WayPanes, chains: ChainPanes } as const;
const tables = { samplers: RaceTable, ways: WayTable, chains: ChainTable } as const;

/** The tab. */
export function SampleTab(): JSX.Element {
  useEffect(followSampling, []);
  useKeys({ g: toggle });
  const { race, nfe, sde, hide, data } = state.value;
  const text = !hide.includes('text');
  const { title, lede, hint } = words[race];
  const [Panes, Table] = [panes[race], tables[race]];
  return (
    <section class="tab" aria-label="Sample">
      <div class="lede">
        <h1>{title}</h1>
        {text && <p>{lede}</p>}
      </div>
      <div class="picture">
        <Panes />
        {race === 'samplers' && <EvaluationClock nfe={nfe} of="evaluations" />}
        {race === 'chains' && <EvaluationClock nfe={chainLevels * stepsPerLevel} of="steps" ends={['start', 'end']} />}
        {race === 'ways' && (
          <>
            <ClockBar sde={sde} />
            <DirectionButton />
          </>
        )}
      </div>
      <div class="side">
        <div class="actions tempo">
          <button type="button" class="primary" title="key G" onClick={toggle}>
            {busy.value ? 'Stop' : 'Run'}
          </button>
          <Choice
            label="What runs"
            value={race}
            options={[
              { value: 'samplers', text: 'samplers' },
              { value: 'ways', text: 'forward and back' },
              { value: 'chains', text: 'Langevin chains' },
            ]}
            onChange={(value) => {
              change({ race: value });
            }}
          />
        </div>
        <DataPicker />
        {data === 'gaussians' && <GaussianControls />}
        {race === 'samplers' && <Pickers />}
        {race === 'chains' && <ChainControls />}
        <div class="row">
          {race === 'samplers' && (
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
          )}
          {race !== 'chains' && <ProcessChoice />}
          {race !== 'chains' && <ScoreChoice />}
        </div>
        <div class="row">
          <CountChoice />
          <SeedControl />
        </div>
        <Table />
        {text && (
          <div class="prose">
            <p>
              <b>Try it.</b> {hint}
            </p>
          </div>
        )}
        <SampleShare />
      </div>
    </section>
  );
}

function toggle(): void {
  if (busy.value) stopAll();
  else runAll();
}

function SampleShare(): JSX.Element {
  const { race, data, sde, seed, nfe, n, score, first, last } = state.value;
  const program = { samplers: sampleProgram, ways: waysProgram, chains: chainsProgram }[race];
  const own = { samplers: { nfe, score }, ways: { score }, chains: { first, last, step: stepOf(state.value) } }[race];
  return (
    <Share
      motion="clock"
      name={`sample-${race === 'samplers' ? '' : `${race}-`}${data}-seed-${seed}`}
      code={program(state.value, setting.value, networkStep.value ?? state.value.goal, stepOf(state.value))}
      numbers={() => ({
        ...{ race, data, law: setting.value.law, sde, seed, samples: n, ...own, floor: floor.value },
        entries: entriesOf[race].all.value.map(({ id, result, problem }) => ({ name: id, ...result, problem })),
      })}
    />
  );
}
