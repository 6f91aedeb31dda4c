/** @file The samplers whose samples depend on the starts and the time grid alone, so that a grid can be searched for them. */
import { checkOptions } from '../../base/check.ts';
import { anyOf } from '../../base/words.ts';
import { find, namesOf } from '../../catalog/named.ts';
import type { SamplerRecord } from '../../catalog/samplers/sampler.ts';

/** In place of a name: the samplers of one evaluation a step. */
const anySampler = 'any';

/**
 * The sampler that is asked for, or the model's own if its end points depend on the starts and the grid alone, or one that does; or all of
 * those that take one evaluation a step, its own first.
 * @throws ConfigError if it is none of them.
 */
export function noiselessSamplers(
  all: readonly SamplerRecord[],
  own: string,
  asked: string | undefined,
): { readonly name: string; readonly candidates: readonly SamplerRecord[] } {
  const good = all.filter(
    (one) => !one.stochastic && one.evaluationsPerStep !== undefined && one.grid !== null && !one.students,
  );
  const suited = good.find((one) => one.name === own) ?? find(good, 'dpm-solver-2m', 'sampler');
  if (asked === undefined) return { name: suited.name, candidates: [suited] };
  if (asked === anySampler) {
    const single = good.filter(({ evaluationsPerStep }) => evaluationsPerStep === 1);
    return { name: asked, candidates: single.toSorted((a, b) => Number(b === suited) - Number(a === suited)) };
  }
  const record = find(all, asked, 'sampler');
  const why = record.stochastic
    ? 'adds noise in every step'
    : record.students
      ? 'is of students'
      : 'chooses its own steps';
  checkOptions([
    good.includes(record),
    'sampler',
    `expected one whose samples depend on the time grid alone, ${anyOf([...namesOf(good), anySampler])}; ${asked} ${why}`,
  ]);
  return { name: asked, candidates: [record] };
}
