import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { galleryFolder, galleryPage } from '../../scripts/gallery-page.ts';
import { buildModel } from '../../src/catalog/build.ts';
import type { LoadedRun } from '../../src/run/load.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { sdeKinds } from '../../src/catalog/kinds.ts';
import { interpreter } from '../../src/backend/interpreter.ts';
import { key } from '../../src/base/key.ts';
import { ConfigError } from '../../src/base/errors.ts';
import { numbersFile, runProblem, trainedRun, type Numbers, type FigureModel } from '../../src/figure/figure.ts';
import { figures } from '../../src/figure/figures.ts';
import { scoreField } from '../../src/figure/score-field.ts';
import { families } from '../../src/figure/nfe-quality.ts';
import { graphNodes } from '../../src/figure/sliced-cost.ts';
import { trajectories } from '../../src/figure/trajectories.ts';
import { denoising } from '../../src/score/objectives/denoising.ts';
import { exactScoreMatching } from '../../src/score/objectives/exact.ts';
import { slicedScoreMatching } from '../../src/score/objectives/sliced.ts';
import { epsilon } from '../../src/sde/learning/parametrization.ts';
import { vp } from '../../src/sde/processes/vp.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const page = readFileSync(join(docs, 'gallery.md'), 'utf8');

/** The numbers of a figure of the gallery. */
function measured(name: string): Numbers {
  const file = readFileSync(join(docs, galleryFolder, `${name}.json`), 'utf8');
  return (JSON.parse(file) as { numbers: Numbers }).numbers;
}

describe('the gallery', () => {
  it('has the page of its figures; `npx tsx scripts/make-gallery.ts` makes it', () => {
    expect(page).toBe(galleryPage(figures));
    expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
  });

  it.each(figures)('has $name with two sentences, its command, its picture and its numbers', (figure) => {
    const { name, title, caption, source, format, needs } = figure;
    expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
    // A sentence ends in a full stop before a space or the end.
    expect(caption.match(/[.!?](?=\s|$)/g)).toHaveLength(2);
    expect(caption).toMatch(/\.$/);
    expect(source).not.toMatch(/\.$/);
    expect(page).toContain(`npx scorefield figure ${name}`);
    if (needs !== undefined) expect(page).toContain(needs);
    expect(page).toContain(`![${title}](${galleryFolder}/${name}.${format})`);
    expect(existsSync(join(docs, galleryFolder, `${name}.${format}`))).toBe(true);
    const file = JSON.parse(readFileSync(join(docs, galleryFolder, `${name}.json`), 'utf8')) as Record<string, unknown>;
    expect(file).toMatchObject({ name, title, caption, source, seed: 0 });
    expect(Object.keys(file['numbers'] as object).length).toBeGreaterThan(0);
  });
});

describe('numbersFile', () => {
  it('has six digits, and a text for what is not finite', () => {
    const text = numbersFile(scoreField, 3, { a: 1 / 3, b: [NaN, 1e-9 / 7], c: 'x', d: Infinity });
    expect(text).toMatch(/\n$/);
    expect(JSON.parse(text)).toMatchObject({
      name: 'score-field',
      seed: 3,
      numbers: { a: 0.333333, b: ['NaN', 1.42857e-10], c: 'x', d: 'Infinity' },
    });
  });
});

describe('trainedRun', () => {
  it('reports how to train the run that is missing', () => {
    const needs = 'npx scorefield train emoji --out runs/emoji';
    expect(() => trainedRun({ name: 'faces', needs }, undefined)).toThrow(ConfigError);
    expect(() => trainedRun({ name: 'faces', needs }, undefined)).toThrow(`train one with \`${needs}\``);
  });
});

describe('the run of a figure', () => {
  const runOf = (kind: 'images' | 'points', sde: string): FigureModel => {
    const config = resolveConfig({ kind }, { data: { ref: 'x' }, sde: { kind: sde } });
    const shape = kind === 'images' ? [1, 8, 8] : [2];
    const scaler = { kind: 'centered', factor: 1, shift: [0] } as const;
    return { config, data: { kind, shape, scaler, fingerprint: '' }, process: buildModel(config, shape).process };
  };
  const needy = figures.filter(({ needs }) => needs !== undefined);
  const fitting: Readonly<Record<string, readonly string[]>> = {
    'noise-to-image-smld': ['smld'],
    'annealing-images': ['smld'],
    'noise-to-image-ddpm': ['ddpm', 'vp'],
    'noise-to-image-sde': sdeKinds.filter((kind) => !['smld', 'ddpm', 'ddpm-quadratic', 'ddpm-cosine'].includes(kind)),
  };
  const all = (['images', 'points'] as const).flatMap((kind) => sdeKinds.map((sde) => [kind, sde] as const));

  it.each(all)('may be one of %s under %s, or not, as each of them says', (kind, sde) => {
    const run = runOf(kind, sde);
    const drawn = needy.filter((figure) => runProblem(figure, run) === undefined).map(({ name }) => name);
    const expected = Object.keys(fitting).filter((name) => kind === 'images' && fitting[name]!.includes(sde));
    expect(drawn.toSorted()).toEqual(expected.toSorted());
    for (const figure of needy.filter(({ name }) => !drawn.includes(name))) {
      const problem = runProblem(figure, run)!;
      expect(problem).toContain(`the figure ${figure.name}: expected a run on images under `);
      expect(problem).toContain(`got ${kind} under the SDE ${sde}; train one with \`${figure.needs!}\``);
      expect(() => trainedRun(figure, run as LoadedRun)).toThrow(ConfigError);
    }
  });

  it('is none for the others, whatever is given', () => {
    const others = figures.filter(({ needs }) => needs === undefined);
    expect(others.length + Object.keys(fitting).length).toBe(figures.length);
    for (const figure of others) {
      expect(runProblem(figure, undefined)).toBeUndefined();
      expect(runProblem(figure, runOf('points', 'vp'))).toBeUndefined();
    }
  });
});

describe('score-field', () => {
  it('has Fisher informations by squares and by traces that agree, and is made of its key alone', async () => {
    const { numbers, picture } = await scoreField.draw({ key: key(5), backend: interpreter() });
    const levels = numbers['levels'] as unknown as readonly Record<
      'fisherBySquares' | 'fisherByTrace',
      { value: number; standardError: number }
    >[];
    expect(levels).toHaveLength(3);
    for (const { fisherBySquares: a, fisherByTrace: b } of levels)
      expect(Math.abs(a.value - b.value)).toBeLessThan(4 * (a.standardError + b.standardError));
    // Far apart, each mode has the information D / s^2 = 2 of its Gaussian.
    expect(Math.abs(levels[0]!.fisherByTrace.value - 2)).toBeLessThan(1e-6);
    expect((await scoreField.draw({ key: key(5), backend: interpreter() })).picture).toBe(picture);
  });
});

describe('trajectories', () => {
  it('have the exact law at every time, on ways of very different lengths', async () => {
    const { numbers } = await trajectories.draw({ key: key(6), backend: interpreter() });
    const fits = numbers['kolmogorovSmirnov'] as unknown as Record<
      'forward' | 'reverse' | 'flow',
      { statistic: number; pValue: number }[]
    >;
    // Nine tests, some of them of the same chains: one in a thousand draws would fail one of them.
    for (const { pValue } of Object.values(fits).flat()) expect(pValue).toBeGreaterThan(1e-4);
    // In one dimension the flow keeps the order of its paths, and so every quantile: the statistic does not change.
    for (const { statistic } of fits.flow) expect(statistic).toBeCloseTo(fits.flow[0]!.statistic, 4);
    expect(numbers['flowRoundTripError'] as number).toBeLessThan(1e-3);
    const lengths = numbers['meanPathLength'] as unknown as Record<'forward' | 'reverse' | 'flow', number>;
    expect(lengths.flow).toBeLessThan(lengths.reverse / 100);
    expect(Math.abs(lengths.forward / lengths.reverse - 1)).toBeLessThan(0.05);
  });
});

describe('sliced-cost', () => {
  it('has 39 nodes more for each dimension, where the score is matched exactly', () => {
    const process = { sde: vp(), parametrization: epsilon()(vp()) };
    const [exact, sliced, noised] = [exactScoreMatching(process), slicedScoreMatching(process), denoising(process)];
    const base = graphNodes(exact, 3);
    for (const dimension of [5, 9]) {
      expect(graphNodes(exact, dimension)).toBe(base + 39 * (dimension - 3));
      expect(graphNodes(sliced, dimension)).toBe(graphNodes(sliced, 3));
      expect(graphNodes(noised, dimension)).toBe(graphNodes(noised, 3));
    }
    expect(graphNodes(noised, 3)).toBeLessThan(graphNodes(sliced, 3));
  });
});

describe('what captions say is what was measured:', () => {
  interface Part {
    readonly value: number;
    readonly standardError: number;
  }

  it('langevin-modes', () => {
    const { mixtures } = measured('langevin-modes') as unknown as {
      mixtures: readonly {
        weight: number;
        measured: Record<'independent' | 'langevin' | 'annealed' | 'annealedHigher', Part>;
      }[];
    };
    for (const { weight, measured: found } of mixtures) {
      expect(Math.abs(found.independent.value - weight)).toBeLessThan(4 * found.independent.standardError);
      expect(Math.abs(found.langevin.value - 0.5)).toBeLessThan(4 * found.langevin.standardError);
      expect(Math.abs(found.annealedHigher.value - weight)).toBeLessThan(4 * found.annealedHigher.standardError);
      expect(Math.abs(found.annealed.value - weight)).toBeLessThan(0.05);
    }
  });

  it('sigma-end', () => {
    const { weightOfTheLighterMode, sweepWithPublishedStep, sweepWithRelativeStep } = measured(
      'sigma-end',
    ) as unknown as {
      weightOfTheLighterMode: readonly Part[];
      sweepWithPublishedStep: readonly { divergedPart: number; rmsDistance: number; exactRmsDistance: number }[];
      sweepWithRelativeStep: readonly { divergedPart: number; rmsDistance: number; exactRmsDistance: number }[];
    };
    weightOfTheLighterMode.forEach(({ value, standardError }, i) =>
      expect(Math.abs(value - [0.2, 0.5, 0.2][i]!)).toBeLessThan(4 * standardError),
    );
    for (const { divergedPart, rmsDistance, exactRmsDistance } of sweepWithRelativeStep) {
      expect(divergedPart).toBe(0);
      // A step of 0.2 sigma^2 leaves some five percent too much; the error over 1280 points is two percent.
      expect(Math.abs(rmsDistance / exactRmsDistance - 1)).toBeLessThan(0.12);
    }
    expect(sweepWithPublishedStep.map(({ divergedPart }) => divergedPart)).toEqual([0, 0, 1]);
    expect(sweepWithPublishedStep[0]!.rmsDistance).toBeGreaterThan(1.5 * sweepWithPublishedStep[0]!.exactRmsDistance);
  });

  it('low-density', () => {
    const { cleanOnData, relativeErrorByDensityDecile: errors } = measured('low-density') as unknown as {
      cleanOnData: number;
      relativeErrorByDensityDecile: Record<'clean' | 'noise 0.1' | 'noise 0.3' | 'noise 1', readonly number[]>;
    };
    expect(cleanOnData).toBeLessThan(0.1);
    expect(Math.min(...errors.clean.slice(0, 3))).toBeGreaterThan(0.3);
    expect(Math.max(...errors.clean.slice(0, 3))).toBeLessThan(0.45);
    expect(Math.max(...errors['noise 1'])).toBeLessThan(0.1);
    expect(errors['noise 0.1'][0]).toBeGreaterThan(0.15);
    expect(errors['noise 0.3'][0]).toBeGreaterThan(0.15);
  });

  it('nfe-quality', () => {
    const { floor, samplers } = measured('nfe-quality') as unknown as {
      floor: { mean: number; standardDeviation: number };
      samplers: readonly { sampler: string; points: readonly { nfe: number; distance: number }[] }[];
    };
    const edge = floor.mean + 2 * floor.standardDeviation;
    const pointsOf = (name: string): (typeof samplers)[number]['points'] =>
      samplers.find(({ sampler }) => sampler === name)!.points;
    /** Evaluations of the first point in the band of two exact sets. */
    const comesIn = (name: string): number => pointsOf(name).find(({ distance }) => distance <= edge)?.nfe ?? Infinity;
    // Even methods take one evaluation less than the budget, and adaptive ones come near it.
    const membersOf = (title: string): readonly string[] =>
      families.filter(([family]) => family.startsWith(title)).flatMap(([, names]) => names);
    for (const [family, least, most] of [
      ['Probability flow', 19, 52],
      ['Reverse SDE', 49, 101],
    ] as const) {
      expect(membersOf(family).length).toBeGreaterThan(4);
      for (const name of membersOf(family)) {
        expect(comesIn(name), name).toBeGreaterThanOrEqual(least);
        expect(comesIn(name), name).toBeLessThanOrEqual(most);
      }
    }
    expect(pointsOf('annealed-langevin').at(-1)!.nfe).toBeGreaterThan(240);
    expect(pointsOf('annealed-langevin').at(-1)!.distance).toBeGreaterThan(2 * edge);
    const still = pointsOf('langevin').map(({ distance }) => distance);
    expect(still.at(-1)! / still[0]!).toBeGreaterThan(0.75);
  });

  it('sliced-cost', () => {
    const { costs } = measured('sliced-cost') as unknown as {
      costs: readonly { objective: string; dimension: number; ratio: number }[];
    };
    const ratio = (objective: string, dimension: number): number =>
      costs.find((cost) => cost.objective === objective && cost.dimension === dimension)!.ratio;
    for (const dimension of [2, 4, 8, 16, 32, 64]) expect(ratio('sliced', dimension)).toBeLessThan(2);
    expect(ratio('exact', 64)).toBeGreaterThan(10);
    expect(ratio('exact', 64)).toBeGreaterThan(1.3 * ratio('exact', 32));
  });
});
