/** @file Log densities of the plane: two maps, and a line through both. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Estimate } from '../../../evaluate/estimate.ts';
import { Chart } from '../../parts/chart.tsx';
import { Choice, Readout, Slider } from '../../parts/controls.tsx';
import { DataPicker } from '../../parts/data-picker.tsx';
import { Drawing } from '../../parts/drawing.tsx';
import { GaussianControls } from '../../parts/handles.tsx';
import { ProcessChoice } from '../../parts/process-choice.tsx';
import { reach } from '../../state/fields.ts';
import { change, state } from '../../state/state.ts';
import type { Picture } from '../../view/picture.ts';
import { Stage } from '../../view/stage.tsx';
import { colors } from '../../view/theme.ts';
import { followPlane, ofLaw, ofNetwork, points, problem, progress } from './plane-model.ts';

/** Nats below the largest density of the law at which colors end. */
const depth = 14;

const nats = ({ value, standardError }: Estimate): string => `${value.toFixed(2)} ± ${standardError.toFixed(2)}`;

/** The largest of some numbers. */
const largest = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** A map in colors, from `depth` below the largest density of the law. */
function pictureOf(map: Float32Array | undefined): Picture {
  const { value: look } = colors;
  const top = ofLaw.value === undefined ? 0 : largest(ofLaw.value.map);
  const { cut } = state.value;
  const line = { through: Float32Array.of(-reach, cut, reach, cut), color: look.accent, width: 1.5, dashed: true };
  return {
    cells: map && {
      values: map,
      colors: look.density,
      level: (value) => (Number.isNaN(value) ? 0 : 1 + (value - top) / depth),
    },
    lines: [line],
  };
}

/** The pictures. */
export function PlanePicture(): JSX.Element {
  useEffect(followPlane, []);
  const exact = useComputed(() => pictureOf(ofLaw.value?.map));
  const learned = useComputed(() => pictureOf(ofNetwork.value?.map ?? progress.value?.map));
  const there = ofNetwork.value !== undefined || progress.value !== undefined;
  const { cut } = state.value;
  return (
    <>
      <div class={`panes of-${there ? 2 : 1}`}>
        <figure class="pane">
          <Stage picture={exact} label="The log density of the law, in closed form" />
          <figcaption>
            <b>exact</b> <span>log p, {depth} nats from dark to light</span>
          </figcaption>
        </figure>
        {there && (
          <figure class="pane">
            <Stage picture={learned} label="The log density of the network, by its probability flow" />
            <figcaption>
              <b>learned</b>{' '}
              <span>
                {ofNetwork.value === undefined
                  ? `${Math.round(100 * (progress.value?.fraction ?? 0))} %`
                  : `${ofNetwork.value.evaluations.toFixed(0)} evaluations a point`}
              </span>
            </figcaption>
          </figure>
        )}
      </div>
      <div class="cut">
        <Slider
          label="Height of the line"
          value={cut}
          range={[-reach, reach]}
          step={0.05}
          text={cut.toFixed(2)}
          onChange={(value) => {
            change({ cut: value });
          }}
        />
        <Line />
      </div>
    </>
  );
}

/** Log densities along the line. */
function Line(): JSX.Element {
  const top = ofLaw.value === undefined ? 0 : largest(ofLaw.value.map);
  const least = Math.ceil(top - depth);
  const most = Math.ceil(top) + 1;
  const along = (values: Float32Array | undefined): readonly (readonly [number, number])[] =>
    Array.from(values ?? [], (value, i) => [(((i + 0.5) / points) * 2 - 1) * reach, value] as const).filter(
      ([, value]) => Number.isFinite(value),
    );
  return (
    <Chart
      wide
      title="log p along the line, nats"
      x={{ label: 'from left to right', range: [-reach, reach], ticks: [-3, -2, -1, 0, 1, 2, 3] }}
      y={{ label: 'nats', range: [least, most], ticks: [least, Math.round((least + most) / 2), most] }}
      series={[
        { name: 'law', look: 'ink', points: along(ofLaw.value?.line) },
        ...(ofNetwork.value === undefined
          ? []
          : [{ name: 'network', look: 'learned' as const, points: along(ofNetwork.value.line) }]),
      ]}
    />
  );
}

/** The controls and the numbers. */
export function PlaneSide(): JSX.Element {
  const { data, tolerance, hide } = state.value;
  const { value: law } = ofLaw;
  const { value: network } = ofNetwork;
  return (
    <>
      <DataPicker />
      {data === 'gaussians' && <GaussianControls />}
      {data === 'drawn' && <Drawing />}
      <div class="row">
        <ProcessChoice />
        <Tolerance value={tolerance} />
      </div>
      <Readout
        rows={[
          ['highest log p', law === undefined ? '–' : largest(law.map).toFixed(2)],
          ['of samples, law', law === undefined ? '–' : nats(law.ofSamples)],
          ['of samples, network', network === undefined ? '–' : nats(network.ofSamples)],
          ['divergence', network === undefined ? '–' : nats(network.divergence)],
        ]}
      />
      {network === undefined && progress.value === undefined && (
        <p class="actions">
          <button
            type="button"
            onClick={() => {
              change({ tab: 'learn' });
            }}
          >
            Learn a network of these data
          </button>
          <span>Its density is computed here then.</span>
        </p>
      )}
      {problem.value !== '' && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {!hide.includes('text') && (
        <div class="prose">
          <p>
            <b>Try it.</b> Learn a network, come back, and shift the line through a gap: where no data are, the learned
            density may err by many nats, though samples hardly notice. The divergence is what it costs on the data, the
            mean of log p − log q over {points} samples.
          </p>
          <p>
            The highest density is not where samples are: their log density is minus the entropy on average, here a nat
            or two below the highest. In a picture of 784 numbers it is hundreds below.
          </p>
        </div>
      )}
    </>
  );
}

/** The tolerance of the solver. */
export function Tolerance({ value }: { readonly value: 0.1 | 0.01 | 0.001 }): JSX.Element {
  return (
    <Choice
      label="Tolerance"
      value={value}
      options={([0.1, 0.01, 0.001] as const).map((own) => ({ value: own, text: String(own) }))}
      onChange={(tolerance) => {
        change({ tolerance });
      }}
    />
  );
}
