/** @file Calls of the command line that have names: those that end well, and mistakes that are reported in one sentence. */
import { describe, expect, it } from 'vitest';
import { oneAfterAnother, type Ended } from './scorefield.ts';

/** Words of a command line. */
export type Words = readonly string[];

/** Calls of `scorefield` in one folder, in their order. */
export interface ReportedCalls<K extends string> {
  readonly cwd: string;
  /** Calls that others need, of which nothing is asked. */
  readonly prepared?: readonly Words[];
  readonly good: Readonly<Record<K, Words>>;
  /** Mistakes, by what is wrong, with what is said of them. */
  readonly bad: Readonly<Record<string, readonly [call: Words, message: RegExp]>>;
}

/** How the good calls ended. */
export interface ToldEnds<K extends string> {
  readonly endOf: (name: K) => Ended;
  /** The JSON that a call printed. */
  readonly resultOf: (name: K) => Record<string, unknown>;
}

/** Makes the calls, and tests that the good ones end well and that each mistake is reported in one sentence. */
export async function reportedCalls<K extends string>(calls: ReportedCalls<K>): Promise<ToldEnds<K>> {
  const { cwd, prepared = [], good, bad } = calls;
  const [names, mistakes] = [Object.keys(good) as K[], Object.entries(bad)];
  const all = [...prepared, ...Object.values<Words>(good), ...mistakes.map(([, [call]]) => call)];
  const ended = (await oneAfterAnother(all, { cwd })).slice(prepared.length);
  const endOf = (name: K): Ended => ended[names.indexOf(name)]!;

  it.each(names)('%s ends well', (name) => {
    const { code, err } = endOf(name);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  });

  describe.each(mistakes.map(([what, [, message]], i) => ({ what, message, i })))('$what', ({ message, i }) => {
    it('is reported in one sentence', () => {
      const { code, out, err } = ended[names.length + i]!;
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(message);
      expect(err.trim().split('\n')).toHaveLength(1);
    });
  });

  return { endOf, resultOf: (name) => JSON.parse(endOf(name).out) as Record<string, unknown> };
}
