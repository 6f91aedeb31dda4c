/** @file The tab Likelihood: how likely points and pictures are under what was learned. */
import type { JSX } from 'preact';
import { formulas } from '../../formulas.ts';
import { Choice, Formula } from '../../parts/controls.tsx';
import { useKeys } from '../../parts/keys.tsx';
import { EngineLine } from '../../parts/engine-line.tsx';
import { Share } from '../../parts/share.tsx';
import { setting } from '../../state/data.ts';
import { change, state } from '../../state/state.ts';
import { densityProgram } from '../programs.ts';
import { facts } from '../trained/models.ts';
import { likelihoodProgram } from '../trained/programs.ts';
import { busy, judgeAll, kinds, pictureCount, stopJudging } from './pictures-model.ts';
import { PicturesPicture, PicturesSide } from './pictures.tsx';
import { computeDensity, ofLaw, ofNetwork, points, progress, stopDensity } from './plane-model.ts';
import { PlanePicture, PlaneSide } from './plane.tsx';

/** The tab. */
export function LikelihoodTab(): JSX.Element {
  useKeys({ g: toggle });
  const { of, hide } = state.value;
  const plane = of === 'plane';
  const running = plane ? progress.value !== undefined : busy.value;
  return (
    <section class="tab" aria-label="Likelihood">
      <div class="lede">
        <h1>{plane ? 'A score knows how likely each point is' : 'Likely is not the same as typical'}</h1>
        {!hide.includes('text') && (
          <p>
            Along the probability flow densities change by what flows in and out: <Formula mathml={formulas.density} />.
            So a network that has learned the score knows the density as well.
          </p>
        )}
      </div>
      <div class="picture">{plane ? <PlanePicture /> : <PicturesPicture />}</div>
      <div class="side">
        <div class="actions tempo">
          <button
            type="button"
            class="primary"
            title="key G"
            disabled={plane ? ofNetwork.value === undefined && !running : facts.value === undefined}
            onClick={toggle}
          >
            {running ? 'Stop' : 'Compute'}
          </button>
          <span role="status">
            {!plane && facts.value === undefined ? 'The model and the engine load: 4 to 6 MB, once.' : ''}
          </span>
        </div>
        <Choice
          label="Of what"
          value={of}
          options={[
            { value: 'plane', text: 'Points of the plane' },
            { value: 'pictures', text: 'Pictures' },
          ]}
          onChange={(value) => {
            change({ of: value });
          }}
        />
        {plane ? <PlaneSide /> : <PicturesSide />}
        {plane ? <PlaneShare /> : <PicturesShare />}
        <EngineLine pictures={!plane} />
      </div>
    </section>
  );
}

function toggle(): void {
  const plane = state.value.of === 'plane';
  if (plane && progress.value !== undefined) stopDensity();
  else if (plane) void computeDensity();
  else if (busy.value) stopJudging();
  else void judgeAll();
}

function PlaneShare(): JSX.Element {
  const { data, sde, cut, seed, tolerance } = state.value;
  return (
    <Share
      name={`likelihood-${data}-seed-${seed}`}
      code={densityProgram(state.value, setting.value, points)}
      numbers={() => ({
        ...{ data, sde, cut, seed, law: setting.value.law },
        exact: ofLaw.value && { ...ofLaw.value, map: Array.from(ofLaw.value.map), line: Array.from(ofLaw.value.line) },
        learned: ofNetwork.value && {
          ...{ ...ofNetwork.value, tolerance },
          ...{ map: Array.from(ofNetwork.value.map), line: Array.from(ofNetwork.value.line) },
        },
      })}
    />
  );
}

function PicturesShare(): JSX.Element {
  const { model, seed, tolerance } = state.value;
  const { value: own } = facts;
  return (
    <Share
      name={`likelihood-${model}-seed-${seed}`}
      code={own === undefined ? '' : likelihoodProgram(state.value, own, kinds.value)}
      numbers={() => ({
        ...{ model, seed, tolerance, pictures: pictureCount },
        kinds: kinds.value.map(({ title, result, problem }) => ({
          ...{ title, problem, bitsPerDim: result?.bits, mean: result?.mean, png: result?.png },
          ...{ evaluations: result?.evaluations, seconds: result?.seconds },
        })),
      })}
    />
  );
}
