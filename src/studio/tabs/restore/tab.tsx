/** @file The tab Restore: what was lost of a picture is drawn anew, as often as one likes. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { calibration, verdict } from '../../calibration.ts';
import { formulas } from '../../formulas.ts';
import { Choice, Formula, Readout } from '../../parts/controls.tsx';
import { useKeys } from '../../parts/keys.tsx';
import { ModelPicker, WishPicker } from '../trained/model-picker.tsx';
import { PicturePicker } from '../trained/picture-picker.tsx';
import { EngineLine } from '../../parts/engine-line.tsx';
import { Share } from '../../parts/share.tsx';
import { change, state } from '../../state/state.ts';
import { svgsAsPng } from '../../view/raster.ts';
import { AttemptView, Progress } from './attempt.tsx';
import { facts } from '../trained/models.ts';
import { restoreProgram } from '../trained/programs.ts';
import { attempts, busy, chosenMethods, drawAll, followRestoring, methods, sampleCount, stopDrawing, subject } from './drawing.ts'; // prettier-ignore
import { restoreMotion } from './motion.ts';
import { Subject } from './subject.tsx';

const tasks = [
  { value: 'inpaint', text: 'Holes', title: 'inpainting: some pixels are hidden' },
  { value: 'superres', text: 'Few pixels', title: 'super-resolution: squares of pixels are averaged' },
  { value: 'colorize', text: 'No color', title: 'colorization: the gray value alone is known' },
  { value: 'deblur', text: 'Blur', title: 'deblurring: a Gaussian of 1.5 pixels' },
  { value: 'ct', text: 'CT', title: 'tomography: sums along lines at a few angles' },
  { value: 'nothing', text: 'Nothing', title: 'pictures from a class or words alone' },
] as const;

/** The tab. */
export function RestoreTab(): JSX.Element {
  useEffect(followRestoring, []);
  useKeys({ g: toggle });
  const { hide, task, picture, seed } = state.value;
  const { value: own } = facts;
  const text = !hide.includes('text');
  const measured = task !== 'nothing';
  return (
    <section class="tab" aria-label="Restore">
      <div class="lede">
        <h1>
          {measured
            ? 'Many pictures fit what is left; draw those that are likely too'
            : 'A picture from nothing but noise'}
        </h1>
        {text && !measured && (
          <p>
            Nothing is measured: the model draws what it has learned, of a class or of words where it knows some, in as
            many evaluations as it needs.
          </p>
        )}
        {text && measured && (
          <p>
            Of a picture <i>x</i> only <Formula mathml={formulas.measurement} /> is known. The model says which pictures
            are likely, the measurement which ones fit: samples of <Formula mathml={formulas.posterior} /> are both.
          </p>
        )}
      </div>
      <div class="picture restoring">
        {measured && <Subject />}
        {measured && <Progress attempts={attempts.value} busy={busy.value} />}
        {attempts.value.map((attempt) => (
          <AttemptView key={attempt.name} attempt={attempt} count={sampleCount} measured={measured} />
        ))}
        {!measured && <Progress attempts={attempts.value} busy={busy.value} />}
      </div>
      <div class="side">
        <div class="actions tempo">
          <button type="button" class="primary" title="key G" disabled={own === undefined} onClick={toggle}>
            {busy.value ? 'Stop' : measured ? 'Restore' : 'Draw'}
          </button>
          <button
            type="button"
            onClick={() => {
              change({ seed: (seed + 1) % 2 ** 31 });
            }}
          >
            Other samples
          </button>
          <span role="status">{statusText()}</span>
        </div>
        <Choice
          label="What is left"
          value={task}
          options={tasks.filter(({ value }) => value === task || value !== 'colorize' || own?.shape[0] !== 1)}
          onChange={(value) => {
            change({ task: value, methods: [] });
          }}
        />
        <TaskOptions />
        {measured && <PicturePicker />}
        <ModelPicker />
        <WishPicker />
        {measured && <Methods />}
        <Evaluations />
        {text && measured && <RestoreText />}
        <Share
          name={`restore-${task}-${picture}-seed-${seed}`}
          motion={restoreMotion}
          code={
            own === undefined
              ? ''
              : restoreProgram(state.value, own, {
                  truth: subject.value?.truth,
                  methods: chosenMethods.value,
                  count: sampleCount,
                })
          }
          picture={
            measured
              ? () => svgsAsPng(attempts.value.flatMap(({ result }) => (result ? [result.sheet] : [])))
              : undefined
          }
          numbers={() => ({
            ...{ ...requestOf(), samples: sampleCount },
            methods: attempts.value.map(({ name, result, drawn, problem }) => ({
              ...{ name, problem, evaluations: (result ?? drawn)?.evaluations, seconds: (result ?? drawn)?.seconds },
              ...{ quality: result?.quality, calibration: calibration.find(({ method }) => method === name) },
            })),
          })}
        />
        <EngineLine pictures />
      </div>
    </section>
  );
}

/** What of the state the results depend on. */
function requestOf(): object {
  const { model, picture, task, mask, factor, angles, noise, evals, given, guide, seed } = state.value;
  return { model, picture, task, mask, factor, angles, noise, evals, given, guide, seed };
}

function toggle(): void {
  if (busy.value) stopDrawing();
  else void drawAll();
}

function statusText(): string {
  const { value: own } = facts;
  if (own === undefined) return 'The model and the engine load: 4 to 6 MB, once.';
  if (state.value.task !== 'nothing' && own.problem !== undefined) return `It cannot restore: ${own.problem}`;
  if (state.value.picture === 'own' && subject.value === undefined) return 'Drop a picture on the page, or open one.';
  return '';
}

/** Options of the task, and the noise. */
function TaskOptions(): JSX.Element {
  const { task, factor, angles, noise } = state.value;
  if (task === 'nothing') return <></>;
  return (
    <div class="row">
      {task === 'superres' && (
        <Choice
          label="Pixels averaged"
          value={factor}
          options={([2, 4] as const).map((value) => ({ value, text: `${value} × ${value}` }))}
          onChange={(value) => {
            change({ factor: value });
          }}
        />
      )}
      {task === 'ct' && (
        <Choice
          label="Angles"
          value={angles}
          options={([6, 12, 23] as const).map((value) => ({ value, text: String(value) }))}
          onChange={(value) => {
            change({ angles: value });
          }}
        />
      )}
      <Choice
        label="Noise, for gray of 0 to 1"
        value={noise}
        options={([0.01, 0.05, 0.1, 0.2] as const).map((value) => ({ value, text: String(value) }))}
        onChange={(value) => {
          change({ noise: value });
        }}
      />
    </div>
  );
}

/** Up to three methods, with what their calibration says of each. */
function Methods(): JSX.Element {
  const chosen = chosenMethods.value;
  const usable = useComputed(() => methods.value.filter(({ problem }) => problem === undefined));
  return (
    <fieldset class="control methods">
      <legend>
        Methods <span class="said">up to three, side by side</span>
      </legend>
      {chosen.map((name, i) => {
        const known = calibration.find(({ method }) => method === name);
        const own = methods.value.find((one) => one.name === name);
        return (
          <div key={i}>
            <div class="actions">
              <select
                aria-label={`Method ${i + 1}`}
                value={name}
                onChange={({ currentTarget: { value } }) => {
                  change({ methods: chosen.map((other, k) => (k === i ? value : other)) });
                }}
              >
                {(usable.value.length === 0 ? [{ name }] : usable.value)
                  .filter((one) => one.name === name || !chosen.includes(one.name))
                  .map((one) => (
                    <option key={one.name} value={one.name}>
                      {one.name}
                    </option>
                  ))}
              </select>
              {i > 0 && (
                <button
                  type="button"
                  aria-label={`Remove ${name}`}
                  onClick={() => {
                    change({ methods: chosen.filter((_, k) => k !== i) });
                  }}
                >
                  −
                </button>
              )}
              {i === chosen.length - 1 && i < 2 && (
                <button
                  type="button"
                  aria-label="Add a method"
                  disabled={usable.value.length <= chosen.length}
                  onClick={() => {
                    const next = usable.value.find((one) => !chosen.includes(one.name));
                    if (next !== undefined) change({ methods: [...chosen, next.name] });
                  }}
                >
                  +
                </button>
              )}
            </div>
            <p class="note">
              {own?.description ?? ''}
              {own === undefined ? '' : ` (${own.citation}). `}
              {known && verdict(known)}
            </p>
          </div>
        );
      })}
    </fieldset>
  );
}

/** Evaluations of each sample. */
function Evaluations(): JSX.Element {
  const { evals, task } = state.value;
  const learned = facts.value?.learnedNfe;
  // A student takes the number that it has learned alone.
  if (learned !== undefined) return <Readout rows={[['evaluations of each sample', String(learned)]]} />;
  return (
    <Choice
      label="Evaluations of each sample"
      value={evals}
      options={([0, 20, 50, 100, 200] as const).map((value) => ({
        value,
        text: value === 0 ? (task === 'nothing' ? "the model's own" : "the method's own") : String(value),
      }))}
      onChange={(value) => {
        change({ evals: value });
      }}
    />
  );
}

function RestoreText(): JSX.Element {
  return (
    <div class="prose">
      <p>
        <b>Try it.</b> Paint over a picture: the four samples differ where the model has to guess, and the spread shows
        where. Put replacement beside ddrm: its residual of 0 says that it takes the noise for a part of the picture.
      </p>
      <p class="note">
        What is said of a method was measured on problems whose posteriors are known exactly, with exact scores. PSNR
        compares with the true picture; a residual of 1 leaves as much of the measurement as its noise. Of the emoji the
        model has seen most in its training; its own draws are new to it, and likely by its own measure.
      </p>
    </div>
  );
}
