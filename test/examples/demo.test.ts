import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareFolder } from '../../examples/demo-folder.ts';
import { exactInDataUnits, inDataUnits, scoreError, scoreFigure } from '../../examples/score-figure.ts';
import { combine } from '../../src/base/arith.ts';
import { FileError } from '../../src/base/errors.ts';
import { key } from '../../src/base/key.ts';
import { tensor } from '../../src/base/tensor.ts';
import type { Mixture } from '../../src/data/dataset.ts';
import type { Scaler } from '../../src/data/scaler.ts';
import { eightGaussians, twoGaussians } from '../../src/data/sets/toy.ts';
import { lockFolder } from '../../src/run/folder/lock.ts';
import { gaussianMixture } from '../../src/sde/exact/gaussian-mixture.ts';
import type { ScoreFn } from '../../src/sde/score-fn.ts';
import { allSdes } from '../sde/all.ts';

const level = 0.25;
const scaler: Scaler & { readonly factor: number } = { kind: 'standard', factor: 0.8, shift: [0.3, -0.2] };

/** The mixture as a model sees it. */
function inModelUnits({ weights, means, stds }: Mixture): Mixture {
  const { factor, shift } = scaler;
  return {
    weights,
    means: means.map((mean) => mean.map((value, j) => factor * (value - shift[j]!))),
    stds: stds.map((std) => factor * std),
  };
}

describe.each(allSdes)('the score of $kind in data units', (sde) => {
  it.each([
    ['two', twoGaussians()],
    ['eight', eightGaussians()],
  ])('is that of the %s Gaussians plus noise', async (_name, mixture) => {
    const scaledMixture = inModelUnits(mixture);
    const means = tensor(scaledMixture.means.flat(), [scaledMixture.means.length, 2]);
    const { score } = gaussianMixture(sde, { ...scaledMixture, means });
    const y = tensor([0, 0, 1.2, -0.4, -2, 1, 0.3, 3], [4, 2]);
    const levels = [0.05, 0.25, 0.6, 1];
    const found = await inDataUnits(score, { sde, scaler })(y, levels);
    const exact = await exactInDataUnits(mixture).score(y, levels);
    // The time of a noise level is found by bisection to the last bit; scores are up to about 100.
    expect([...combine([1, found], [-1, exact]).data].every((difference) => Math.abs(difference) < 1e-8)).toBe(true);
  });
});

describe('the error of a score', () => {
  const { score } = exactInDataUnits(eightGaussians());

  it('is 0 for the exact one', async () => {
    const { rmse, size } = await scoreError(score, eightGaussians(), { level, key: key(0) });
    expect(rmse).toBe(0);
    expect(size).toBeGreaterThan(1);
  });

  it('is the size of the score for zero, and the size of a constant shift', async () => {
    const zero: ScoreFn = async (x, t) => combine([0, await score(x, t)]);
    const { rmse, size } = await scoreError(zero, eightGaussians(), { level, key: key(0) });
    expect(rmse).toBe(size);
    const shifted: ScoreFn = async (x, t) => {
      const s = await score(x, t);
      return tensor(
        s.data.map((value) => value + 1),
        s.shape,
      );
    };
    expect((await scoreError(shifted, eightGaussians(), { level, key: key(0) })).rmse).toBeCloseTo(Math.SQRT2, 10);
  });
});

describe('the figure', () => {
  it('has four panels, and the same arrows for the exact score twice', async () => {
    const mixture = eightGaussians();
    const { score } = exactInDataUnits(mixture);
    const svg = await scoreFigure({
      mixture,
      learned: score,
      error: { rmse: 0.5, size: 2 },
      level,
      samples: tensor([0, 1, 1, 0, 0.5, 0.5], [3, 2]),
      samplesCaption: 'Three points.',
      subtitle: 'Exact twice',
    });
    expect(svg.match(/<image /g)).toHaveLength(4);
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg.replace(/<[^>]*>/g, ' ')).toMatch(
      /Density.*Exact score.*Learned score.*25\.0 %.*Samples.*Three points\./s,
    );
    const arrows = svg.match(/<path d="M[^"]{1000,}"[^>]*>/g)!;
    expect(arrows).toHaveLength(4); // shafts and heads, twice
    expect(arrows.slice(0, 2)).toEqual(arrows.slice(2));
  });
});

describe('the folder of the demo', () => {
  let parent: string;
  let folder: string;
  const content = { runs: ['faces'], pictures: ['faces.png'], note: 'What this is.' };
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'demo-'));
    folder = join(parent, 'demo');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  it('is made with its note, and loses its runs and pictures and nothing else', () => {
    prepareFolder(folder, content);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(content.note);
    for (const name of ['faces', 'mine']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), name);
    }
    for (const name of ['faces.png', 'mine.png']) writeFileSync(join(folder, name), name);
    prepareFolder(folder, content);
    for (const name of content.runs.concat(content.pictures)) expect(existsSync(join(folder, name))).toBe(false);
    expect(readFileSync(join(folder, 'mine.png'), 'utf8')).toBe('mine.png');
    expect(readFileSync(join(folder, 'mine', 'file'), 'utf8')).toBe('mine');
  });

  it('refuses a folder that is not its own', () => {
    mkdirSync(join(folder, 'faces'), { recursive: true });
    expect(() => prepareFolder(folder, content)).toThrow(FileError);
    writeFileSync(join(folder, 'README.md'), '# My demo');
    expect(() => prepareFolder(folder, content)).toThrow(/not one of the demo/);
    expect(existsSync(join(folder, 'faces'))).toBe(true);
  });

  it('refuses while another demo trains there', () => {
    prepareFolder(folder, content);
    mkdirSync(join(folder, 'faces'));
    const lock = lockFolder(join(folder, 'faces'));
    expect(() => prepareFolder(folder, content)).toThrow(/is being trained/);
    lock.release();
    expect(() => prepareFolder(folder, content)).not.toThrow();
  });
});
