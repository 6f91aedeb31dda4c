/** @file The experiments of the studio with a trained model, through the code of its worker, beside the handle of the library at other seeds. */
import type { Backend } from '../../src/backend/program.ts';
import { meanEstimate } from '../../src/evaluate/estimate.ts';
import type { Model } from '../../src/model/model.ts';
import { serveFiles } from '../../src/node/file-server.ts';
import { studioFiles } from '../../src/node/studio-files.ts';
import { finish } from '../../src/sample/sampler.ts';
import { experiments } from '../../src/studio/experiments.ts';
import { readAddress, type State } from '../../src/studio/state/address.ts';
import { unpack } from '../../src/studio/state/packed.ts';
import { judge } from '../../src/studio/work/judge.ts';
import { openedModels, type GroupAsk, type Opened, type PictureAsk } from '../../src/studio/work/opened.ts';
import { restore, taskFor } from '../../src/studio/work/restore.ts';
import type { Compared } from './figures.ts';

/** Residuals of methods that put the measurement in by hand are rounding errors. */
const rounded = (value: number): number => (Math.abs(value) < 1e-12 ? 0 : value);

/** A number of the page at one seed beside the mean over other seeds, whose standard deviation both have. */
function beside(name: string, page: number, others: readonly number[]): Compared {
  const { value, standardError } = meanEstimate(others.map(rounded));
  const error = others.length === 1 ? 0 : standardError;
  return {
    name,
    figure: { value, standardError: error },
    page: { value: rounded(page), standardError: error * Math.sqrt(others.length) },
  };
}

function stateOf(name: string): State {
  return readAddress(experiments.find((own) => own.name === name)?.places[0]?.address ?? '').state;
}

async function withModel<T>(
  backend: Backend,
  state: State,
  use: (opened: Opened, model: Model) => Promise<T>,
): Promise<T> {
  const server = await serveFiles(studioFiles().files);
  try {
    const opened = openedModels(backend, new URL(server.address));
    return await use(opened, await opened.open(state));
  } finally {
    await server.close();
  }
}

/** Residuals and likeness of the samples of each method that fills the heel of a shoe. */
export async function heels(
  backend: Backend,
  seed: number,
  others: readonly number[],
  changes: Partial<State> = {},
): Promise<readonly Compared[]> {
  const state = { ...stateOf('inpaint'), ...changes };
  return withModel(backend, state, async (opened, model) => {
    const [, height = 1, width = 1] = model.info.shape;
    const task = { task: 'inpaint', mask: unpack(state.mask, 1, height * width) };
    const picture: PictureAsk = { kind: 'draw', seed: Number(/\d+$/.exec(state.picture)?.[0]) };
    const own = await opened.subject(model, picture);
    const { noise, evals: nfe } = state;
    const all: Compared[] = [];
    for (const method of state.methods) {
      const ask = { model: state.model, given: '', guide: 1, picture, task, noise, method, nfe, seed, count: 4 };
      const page = (await finish(restore(opened, ask))).quality.samples;
      const samples = [];
      for (const other of others) {
        const { quality } = await model.restore(
          { ...taskFor(model, task), ...own, noise },
          { method, nfe, seed: other, count: 4 },
        );
        samples.push(quality.columns['samples'] ?? []);
      }
      for (const [what, of] of [
        ['residual', 'residual'],
        ['PSNR', 'psnr'],
      ] as const) {
        const mean = (row: typeof page): number => meanEstimate(row.map((one) => one[of] ?? NaN)).value;
        all.push(beside(`${what} of samples by ${method}`, mean(page), samples.map(mean)));
      }
    }
    return all;
  });
}

/** Bits per dimension of four pictures of some kinds. */
export async function bitsOfKinds(
  backend: Backend,
  seed: number,
  others: readonly number[],
  names?: readonly string[],
): Promise<readonly Compared[]> {
  const state = stateOf('clothes-or-digits');
  return withModel(backend, state, async (opened, model) => {
    const count = 4;
    const kinds: readonly (readonly [string, GroupAsk])[] = [
      ['draws of the model', { kind: 'draws', seed, count }],
      ['plain gray', { kind: 'plain', gray: 128, count }],
      ['noise', { kind: 'noise', seed, count }],
    ];
    const all: Compared[] = [];
    for (const [name, group] of kinds) {
      if (names?.includes(name) === false) continue;
      const { tolerance } = state;
      const page = await finish(judge(opened, { model: state.model, group, tolerance, seed }));
      const { image, rows } = await opened.group(model, group);
      const means: number[] = [];
      for (const other of others)
        means.push((await model.logLikelihood(image, { rows, tolerance, seed: other })).mean.value);
      all.push(beside(`bits/dim of ${name}`, page.mean.value, means));
    }
    return all;
  });
}
