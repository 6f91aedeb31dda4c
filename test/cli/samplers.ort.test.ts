import { beforeAll, describe, expect, it } from 'vitest';
import { energySamplerList, samplerList, studentSamplerList } from '../../src/catalog/samplers/build-sampler.ts';
import { newFolder } from '../io/folders.ts';
import { inPairs, scorefield, type Ended } from './scorefield.ts';

const all = [...samplerList, ...energySamplerList, ...studentSamplerList];

const cwd = newFolder();

describe('scorefield samplers', () => {
  let table: Ended;
  let json: Ended;
  beforeAll(async () => {
    [table, json] = (await inPairs([[], ['--json']], (more) => scorefield(['samplers', ...more], { cwd }))) as [
      Ended,
      Ended,
    ];
  }, 60_000);

  it('has a line for each, with its evaluations, whether it adds noise, what it is and its source', () => {
    expect(table).toMatchObject({ code: 0, err: '' });
    const lines = table.out.trimEnd().split('\n');
    expect(lines).toHaveLength(all.length);
    lines.forEach((line, i) => {
      const { name, description, citation, evaluationsPerStep, defaultSteps, stochastic } = all[i]!;
      expect(line).toContain(`${description} (${citation})`);
      expect(line).toContain(name);
      expect(line).toContain(
        evaluationsPerStep === undefined ? 'by tolerance' : `${evaluationsPerStep} x ${defaultSteps} evaluations`,
      );
      expect(/ {2}noise {2}/.test(line)).toBe(stochastic);
    });
  });

  it('is one object with --json', () => {
    expect(json).toMatchObject({ code: 0, err: '' });
    // What is undefined is absent in JSON.
    expect(JSON.parse(json.out)).toEqual(JSON.parse(JSON.stringify({ samplers: all })));
  });
});
