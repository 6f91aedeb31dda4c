/** @file `scorefield likelihood`: bits per dimension of data under a run or a model, with their errors. */
import { checkOptions } from '../../base/check.ts';
import { isOfBytes } from '../../data/float-images.ts';
import type { NpyArray } from '../../data/arrays/npy.ts';
import { likelihoodMethods, varianceKinds } from '../../model/choices.ts';
import type { LikelihoodResult } from '../../model/density/log-likelihood.ts';
import type { LadderRung } from '../../model/tolerance-ladder.ts';
import { argument, command, flag, option, optionWithDefault } from '../shell/command.ts';
import {
  batchOption,
  checkpointOption,
  engineOptions,
  jsonOption,
  runDataOptions,
  shardOption,
  toleranceOption,
} from '../shell/options.ts';
import { million, oneOf, path, seed, whole } from '../shell/parsers.ts';
import { partIsThere, requirePartFile, rowsText } from '../shell/parts.ts';
import { watched } from '../shell/progress.ts';
import { duration, plural, terminal, type Terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

/** Samples of which the error of the solver is measured. */
const ladderSamples = 16;
/** Samples unless their number is given. */
const defaultCount = 64;

export const likelihood = command({
  name: 'likelihood',
  summary: 'bits per dimension of data under a trained run',
  description:
    'Print bits per dimension of data under RUN, with the standard error over samples: by the probability flow (ode), or\n' +
    'at most: by the variational bound of the reverse SDE (bound) or of the DDPM chain (vlb). Up to 8 dimensions the\n' +
    'trace of ode is exact; beyond, it is estimated with probes.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    ...runDataOptions,
    count: option(
      '-n <COUNT>',
      `number of samples, drawn at random (default: ${defaultCount}, or all in their order with --out FILE.csv)`,
      million,
    ),
    givenClass: flag(
      '--given-class',
      'of each sample given the class of its name, for a run with classes (default: of samples of any class)',
    ),
    givenText: flag(
      '--given-text',
      'of each sample given its text, for a run with texts (default: of samples of any text)',
    ),
    method: option(
      '--method <M>',
      `${likelihoodMethods.slice(0, -1).join(', ')} or vlb (default: ode; of latents bound)`,
      oneOf(likelihoodMethods),
    ),
    dequantizer: optionWithDefault(
      '--dequantisation <D>',
      'of bytes, for ode and bound: uniform, or variational (see `scorefield dequantise`)',
      { parse: oneOf(['uniform', 'variational']), value: 'uniform' },
    ),
    probes: optionWithDefault(
      '--probes <M>',
      'independent estimates per sample (probes or draws); two or more show their error',
      { parse: million, value: 1 },
    ),
    ...toleranceOption(1e-4),
    ladder: flag('--ladder', 'print the error of the solver: 16 of the samples again at tolerances 1e-2 to 1e-6'),
    terms: option(
      '--terms <K>',
      'times at which each estimate of a bound looks (default: bound 32; vlb every step)',
      million,
    ),
    steps: option(
      '--steps <T>',
      'steps of the chain of vlb (default: those of the training, or 1000)',
      whole(2, 1_000_000),
    ),
    variance: option(
      '--variance <V>',
      'variance of the steps of vlb: small, large or learned (default: as trained)',
      oneOf(varianceKinds),
    ),
    seed: optionWithDefault('--seed <S>', 'seed of samples, dequantization, probes and draws', {
      parse: seed,
      value: 0,
    }),
    out: option(
      '--out <FILE>',
      'the value of each sample: an array (.npz), or of a table its rows with their bits, the more the stranger (.csv) (default: none)',
      path,
    ),
    ...checkpointOption,
    ...batchOption(32),
    ...shardOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async (
    { model: run },
    {
      data,
      layout,
      count,
      dequantizer: noise,
      ladder = false,
      out: file,
      shard,
      json,
      checkpoint,
      threads,
      device,
      ...how
    },
  ) => {
    const {
      checkLikelihood,
      digestOf,
      fingerprint,
      formatNpz,
      isPart,
      openModel,
      openRunDataShown,
      ownCommand,
      ownMethod,
      partOf,
      randomRows,
      readDequantizer,
      tableOfScores,
      toleranceLadder,
      writeAtomic,
      writePart,
    } = await import('../work.ts');
    const out = terminal({ json });
    const asTable = file?.toLowerCase().endsWith('.csv') === true;
    const own = ownCommand(run, 'likelihood');
    if (own !== undefined) {
      await own(run, { ...how, data, layout, count, ladder, out: file, shard, checkpoint, threads, device }, out);
      return;
    }
    requirePartFile(shard, file);
    checkOptions([!ladder || shard === undefined, 'ladder', 'is of the first samples of all; give it without --shard']);
    if (file !== undefined) requireWritable(file, ['.npz', '.csv']);
    const model = await openModel(run, { threads, device, checkpoint });
    const { method = ownMethod(model.trained), seed, probes, givenClass, givenText, batch } = how;
    const learned = noise === 'variational';
    checkLikelihood(model.trained, { ...how, dequantizer: learned });
    checkOptions([!ladder || method === 'ode', 'ladder', 'tolerances are of the method ode only']);
    const dequantizer = learned ? readDequantizer(model) : undefined;
    const set = await openRunDataShown(model.trained, data, { layout });
    const write = asTable ? tableOfScores(model, set, file) : undefined;
    const rows =
      asTable && count === undefined ? [...Array(set.count).keys()] : randomRows(set, count ?? defaultCount, seed);
    const part = partOf(
      shard,
      model.trained,
      { command: 'likelihood', data: set.name, n: rows.length, seed, batch, threads, method },
      { ...how, method, content: fingerprint(set), dequantizer: dequantizer && digestOf(dequantizer.params), device },
    );
    if (file !== undefined && partIsThere(out, { file, run, part }, isPart)) return;
    const options = { ...how, dequantizer, rows, shard };
    const started = performance.now();
    const found = await watched(model.logLikelihood(set, options), plural(rows.length, 'sample'), out);
    const { range } = found;
    const seconds = (performance.now() - started) / 1000;
    if (file !== undefined && part !== undefined) writePart(file, arraysOf(found), { ...part, rows: range });
    else if (file !== undefined) writeAtomic(file, write?.(found) ?? formatNpz(arraysOf(found)));
    if (part !== undefined) out.line(`${rowsText('samples', range)}: ${file ?? ''}`);
    printResult(out, found, {
      name: set.name,
      given: givenClass ? 'class' : givenText ? 'text' : undefined,
      probes,
      seconds,
    });
    const climbed = ladder ? rows.slice(0, ladderSamples) : [];
    const rungs = ladder
      ? await watched(
          toleranceLadder(model, set, { probes, givenClass, givenText, dequantizer, seed, batch, rows: climbed }),
          'error of the solver',
          out,
        )
      : undefined;
    if (rungs !== undefined) printLadder(out, rungs, climbed.length);
    out.result({
      run,
      step: model.info.step,
      data: set.name,
      n: found.bitsPerDim.filter((value) => !Number.isNaN(value)).length,
      ...(givenClass === true && { givenClass }),
      ...(givenText === true && { givenText }),
      method,
      dequantisation: !isOfBytes(model.trained.data.scaler) || method === 'vlb' ? 'none' : noise,
      bitsPerDim: found.mean.value,
      standardError: found.mean.standardError,
      probeError: found.probeError,
      probes: found.exactTrace ? 'exact' : probes,
      ...(method === 'ode' && { tolerance: found.tolerance }),
      ...(method === 'vlb' && { steps: found.steps, variance: found.variance }),
      seed,
      evaluations: evaluationsOf(found),
      failed: found.failed,
      seconds: Number(seconds.toFixed(3)),
      ...(rungs && { ladder: rungs }),
      ...(file !== undefined && { file }),
      ...(part && { part: part.shard, range }),
    });
  },
});

function evaluationsOf({ evaluations }: LikelihoodResult): number {
  return evaluations.reduce((sum, count) => sum + count, 0) / evaluations.length;
}

interface Circumstances {
  readonly name: string;
  readonly given: 'class' | 'text' | undefined;
  readonly probes: number;
  readonly seconds: number;
}

function printResult(
  out: Terminal,
  found: LikelihoodResult,
  { name, given: condition, probes, seconds }: Circumstances,
): void {
  const { method, mean, probeError, exactTrace, tolerance, steps, variance, failed } = found;
  // A sample that did not reach the tolerance has no value.
  const known = found.bitsPerDim.filter((value) => !Number.isNaN(value)).length;
  const error = known > 1 ? ` +- ${mean.standardError.toFixed(4)} (standard error over` : ' (of';
  const given = condition === undefined ? '' : `, each given its ${condition}`;
  out.line(
    known === 0
      ? `no value for any sample of ${name}`
      : `${method === 'ode' ? '' : 'at most '}${mean.value.toFixed(4)} bits/dim${error} ${plural(known, 'sample')} of ${name}${given})`,
  );
  const draws = plural(probes, method === 'ode' ? 'probe' : 'draw');
  if (probeError !== undefined) out.line(`of which +- ${probeError.toFixed(4)} from the ${draws} per sample`);
  const how = {
    ode: ` at tolerance ${tolerance}${exactTrace ? ', with the exact trace' : ''}`,
    bound: '',
    vlb: `, a chain of ${plural(steps, 'step')} of ${variance} variance`,
  };
  out.line(`${evaluationsOf(found).toFixed(0)} network evaluations per sample${how[method]}, ${duration(seconds)}`);
  if (failed > 0) out.line(`${plural(failed, 'sample')} did not reach the tolerance; try a larger --tolerance`);
}

function printLadder(out: Terminal, rungs: readonly LadderRung[], samples: number): void {
  out.line(`tolerance  evaluations  bits/dim  error (rms of ${plural(samples, 'sample')})`);
  rungs.forEach(({ tolerance, bitsPerDim, error, evaluations }, k) => {
    const last = k === rungs.length - 1;
    out.line(
      `${tolerance.toExponential(0).padEnd(9)}  ${evaluations.toFixed(0).padStart(11)}  ` +
        `${bitsPerDim.toFixed(4).padStart(8)}  ${last ? 'taken as the truth' : error.toExponential(1)}`,
    );
  });
}

/** Bits per dimension of each sample, by each probe, and the rows of the data set that they are of. */
function arraysOf({ bitsPerDim, byProbe, evaluations, rows }: LikelihoodResult): Readonly<Record<string, NpyArray>> {
  const n = rows.length;
  const probes = byProbe[0]?.length ?? 1;
  return {
    bitsPerDim: { shape: [n], data: bitsPerDim },
    byProbe: { shape: [n, probes], data: Float64Array.from(byProbe.flatMap((values) => Array.from(values))) },
    evaluations: { shape: [n], data: Int32Array.from(evaluations) },
    rows: { shape: [n], data: Int32Array.from(rows) },
  };
}
