/** @file The tab Bridge: one set of points is carried onto another by the Schroedinger bridge between them. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Bar } from '../../parts/clock-bar.tsx';
import { Choice, Readout } from '../../parts/controls.tsx';
import { DataPicker, SetPicker } from '../../parts/data-picker.tsx';
import { Drawing, drawAt } from '../../parts/drawing.tsx';
import { GaussianControls, Handles } from '../../parts/handles.tsx';
import { layerToggle } from '../../parts/layers.tsx';
import { SeedControl } from '../../parts/seed-control.tsx';
import { Share } from '../../parts/share.tsx';
import { setNames } from '../../state/address.ts';
import { setting } from '../../state/data.ts';
import { change, state } from '../../state/state.ts';
import { place } from '../../view/clock.ts';
import { pointAt, Stage, type Place } from '../../view/stage.tsx';
import { colors } from '../../view/theme.ts';
import { particlesAt } from '../particles.ts';
import { drift, followBridge, found, frames } from './model.ts';
import { pictureOf } from './picture.ts';
import { bridgeProgram } from './program.ts';

/** The tab. */
export function BridgeTab(): JSX.Element {
  useEffect(followBridge, []);
  const { data, eps, hide } = state.value;
  const text = !hide.includes('text');
  return (
    <section class="tab" aria-label="Bridge">
      <div class="lede">
        <h1>The likeliest way from one set to another</h1>
        {text && (
          <p>
            Of all random ways that begin with the points of A and end with those of B, the <b>Schrödinger bridge</b> is
            the one nearest to plain noise of variance ε. Here it is exact: no network has learned it.
          </p>
        )}
      </div>
      <div class="picture">
        <BridgeStage />
        <BridgeClock />
        <div class="legend" role="group" aria-label="What is shown">
          {layerToggle('sets', 'sets A and B', 'sets')}
          {layerToggle('particles', 'particles', 'accent')}
          {layerToggle('paths', 'paths of a few', 'muted')}
          {eps > 0 && layerToggle('arrows', 'drift', 'ink')}
        </div>
      </div>
      <div class="side">
        <DataPicker label="Set A" />
        {data === 'gaussians' && <GaussianControls />}
        {data === 'drawn' && <Drawing />}
        <BridgeControls />
        <PlanReadout />
        {text && <BridgeText />}
        <Share
          motion="clock"
          name={`bridge-${data}-${state.value.to}-seed-${state.value.seed}`}
          code={bridgeProgram(state.value, setting.value.law)}
          numbers={numbers}
        />
      </div>
    </section>
  );
}

/** The clock, which runs from A to B or back. */
function BridgeClock(): JSX.Element {
  const t = place.value.toFixed(3);
  return (
    <Bar said={`time ${t}`} ends={['A', 'B']}>
      <span>
        t <b>{t}</b>
      </span>
    </Bar>
  );
}

function BridgeStage(): JSX.Element {
  const picture = useComputed(() =>
    pictureOf(state.value, place.value, { found: found.value, frames: frames.value, drift: drift.value }, colors.value),
  );
  const { data, pairs, way, eps } = state.value;
  const draw = (at: Place): void => {
    drawAt(pointAt(at), 1);
  };
  const drawing = data === 'drawn' ? { onPress: draw, onDrag: draw } : {};
  return (
    <Stage
      picture={picture}
      label={`${pairs} particles between set A and set B${eps > 0 ? `, and the drift toward ${way === 'forward' ? 'B' : 'A'}` : ''}`}
      {...drawing}
    >
      {data === 'gaussians' && <Handles shrink={1} />}
    </Stage>
  );
}

function BridgeControls(): JSX.Element {
  const { to, eps, way, pairs } = state.value;
  return (
    <>
      <SetPicker
        label="Set B"
        names={setNames}
        value={to}
        onChange={(value) => {
          change({ to: value });
        }}
      />
      <div class="row">
        <Choice
          label="Noise ε"
          value={eps}
          options={([0, 0.01, 0.03, 0.1, 0.3, 1] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ eps: value });
          }}
        />
        <Choice
          label="Direction"
          value={way}
          options={[
            { value: 'forward', text: 'A to B' },
            { value: 'backward', text: 'B to A' },
          ]}
          onChange={(value) => {
            change({ way: value });
          }}
        />
      </div>
      <div class="row">
        <Choice
          label="Points of each set"
          value={pairs}
          options={([100, 250, 500] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ pairs: value });
          }}
        />
        <SeedControl />
      </div>
    </>
  );
}

/** Numbers of the plan. */
function PlanReadout(): JSX.Element {
  const { value: own } = found;
  const n = (own?.from.length ?? 0) / 2;
  return (
    <Readout
      rows={[
        ['mean squared distance', own === undefined ? '–' : own.squaredDistance.toFixed(4)],
        ['entropy of the plan', own === undefined ? '–' : `${own.entropy.toFixed(3)} nats`],
        ['ends of a start', own === undefined ? '–' : (Math.exp(own.entropy) / n).toFixed(1)],
      ]}
    />
  );
}

function BridgeText(): JSX.Element {
  const { eps, pairs, way } = state.value;
  const [least, most] = [Math.log(pairs).toFixed(2), (2 * Math.log(pairs)).toFixed(2)];
  return (
    <div class="prose">
      <p>
        <b>Try it.</b> Set the noise to 0: every point of A has one of B, so that all of them together go the least
        squared distance, which is optimal transport, and paths are straight. With more noise a start has many ends and
        paths wander; at 1 an end hardly remembers which start it had. The entropy of the plan says how much is
        forgotten: from {least} nats, one end for each start, to {most}, any end.
      </p>
      <p>
        {eps === 0 ? (
          <>Without noise there is no drift to draw: a path is known from its start.</>
        ) : (
          <>
            Arrows are the drift toward {way === 'forward' ? 'B' : 'A'}, ε ∇ log h: h is the chance that the noise alone
            leads from here to the points of {way === 'forward' ? 'B' : 'A'}, each by the weight that the plan gives it.
            At every time the drifts of both directions add up to ε times the score.
          </>
        )}
      </p>
    </div>
  );
}

function numbers(): unknown {
  const { data, to, eps, way, pairs, seed } = state.value;
  const own = found.value;
  return {
    ...{ data, to, epsilon: eps, direction: way, points: pairs, seed, t: place.value, law: setting.value.law },
    ...{ squaredDistance: own?.squaredDistance, entropy: own?.entropy },
    from: Array.from(own?.from ?? []),
    to: Array.from(own?.to ?? []),
    particles: frames.value && Array.from(particlesAt(frames.value, place.value)),
  };
}
