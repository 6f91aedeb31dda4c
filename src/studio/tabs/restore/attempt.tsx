/** @file What a method drew: four samples, their mean and their spread, with their numbers. */
import type { JSX } from 'preact';
import { dusk } from '../../../plot/color.ts';
import type { Image } from '../../../plot/png.ts';
import type { Quality } from '../../../model/restoration/restoration-quality.ts';
import { Pixels } from '../../view/pixels.tsx';
import type { Attempt } from './drawing.ts';

/** Standard deviations at which the spread is white. */
const largestSpread = 0.5;

/** Standard deviations as colors, from black at 0 to white. */
function spreadImage(spread: Float32Array, { width, height }: Image): Image {
  const colors = Array.from(spread, (value) => dusk(Math.min(1, value / largestSpread))).flat();
  return { width, height, channels: 3, data: Uint8Array.from(colors, (part) => Math.round(255 * part)) };
}

const decibels = (quality: Quality | undefined): string =>
  quality?.psnr === undefined ? '' : `${quality.psnr.toFixed(1)} dB`;

/** How far all of it is, for as long as it goes on. */
export function Progress({
  attempts,
  busy,
}: {
  readonly attempts: readonly Attempt[];
  readonly busy: boolean;
}): JSX.Element {
  const done = attempts.reduce((sum, { fraction }) => sum + fraction / Math.max(1, attempts.length), 0);
  return (
    <progress class={busy ? '' : 'idle'} max={1} value={busy ? done : 0} aria-label="Drawing" aria-hidden={!busy}>
      {Math.round(100 * done)} %
    </progress>
  );
}

/** A method with its pictures. */
export function AttemptView({
  attempt: { name, samples, result, drawn, problem },
  count,
  measured,
}: {
  readonly attempt: Attempt;
  readonly count: number;
  readonly measured: boolean;
}): JSX.Element {
  const done = result ?? drawn;
  const judged = result?.quality;
  const said = done && `${done.evaluations.toFixed(0)} evaluations each, ${done.seconds.toFixed(1)} s`;
  return (
    <section class="attempt" aria-label={name}>
      <h2>
        {drawn?.sampler ?? name} <span>{said ?? (problem === undefined ? 'drawing' : '')}</span>
      </h2>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {done !== undefined && done.unknown.length > 0 && (
        <p class="problem" role="status">
          Words that the model does not know:{' '}
          {done.unknown.map(({ word, meant }) => (meant === undefined ? word : `${word} (${meant}?)`)).join(', ')}.
        </p>
      )}
      {problem === undefined && (
        <div class={`strip ${measured ? '' : 'four'}`}>
          {Array.from({ length: count }, (_, i) => (
            <Small key={i} image={samples[i]} name={`sample ${i + 1}`} said={decibels(judged?.samples[i])} />
          ))}
          {measured && <Small image={result?.mean} name="mean" said={decibels(judged?.mean)} />}
          {measured && (
            <Small
              image={result && spreadImage(result.spread, result.truth)}
              name="spread"
              said={result && `to ${Math.max(...result.spread).toFixed(2)}`}
            />
          )}
        </div>
      )}
      {judged !== undefined && <Line judged={judged} />}
    </section>
  );
}

function Small({
  image,
  name,
  said,
}: {
  readonly image: Image | undefined;
  readonly name: string;
  readonly said: string | undefined;
}): JSX.Element {
  return (
    <figure class="pane">
      <Pixels image={image} label={`${name} ${said ?? ''}`} />
      <figcaption>
        {name} <span>{said}</span>
      </figcaption>
    </figure>
  );
}

function Line({ judged }: { readonly judged: NonNullable<Attempt['result']>['quality'] }): JSX.Element {
  const residuals = judged.samples.flatMap(({ residual }) => (residual === undefined ? [] : [residual]));
  const mean = residuals.reduce((sum, value) => sum + value / residuals.length, 0);
  const classical = Object.entries(judged.classical).map(([name, quality]) => `${name} ${decibels(quality)}`);
  return (
    <p class="note">
      Residual of the samples {residuals.length === 0 ? '–' : mean.toFixed(2)} (1 is right). For comparison:{' '}
      {classical.join(', ')}.
    </p>
  );
}
