/** @file `scorefield encode`: latents of data under a run or a model. */
import { argument, command, optionWithDefault } from '../shell/command.ts';
import { effortOf, printEffort } from '../shell/effort.ts';
import {
  batchOption,
  checkpointOption,
  engineOptions,
  jsonOption,
  runDataOptions,
  shardOption,
  toleranceOption,
} from '../shell/options.ts';
import { million, path, seed } from '../shell/parsers.ts';
import { partIsThere, requirePartFile, rowsText } from '../shell/parts.ts';
import { watched } from '../shell/progress.ts';
import { plural, terminal } from '../shell/terminal.ts';
import { requireWritable } from '../shell/writable.ts';

export const encode = command({
  name: 'encode',
  summary: 'latents of data under a trained run',
  description:
    'Write the latents of data under RUN, where its probability flow takes them, as arrays `latents` and `rows` (.npz),\n' +
    'and print how well they decode.',
  arguments: { model: argument('<RUN>', 'folder of a run, or name of a model') },
  options: {
    ...runDataOptions,
    count: optionWithDefault('-n <COUNT>', 'number of samples, drawn at random', { parse: million, value: 64 }),
    seed: optionWithDefault('--seed <S>', 'seed of samples and dequantization', { parse: seed, value: 0 }),
    out: optionWithDefault('--out <FILE>', 'file to write (.npz)', { parse: path, value: 'latents.npz' }),
    ...toleranceOption(1e-5),
    ...checkpointOption,
    ...batchOption(32),
    ...shardOption,
    ...engineOptions,
    ...jsonOption,
  },
  run: async (
    { model: run },
    { data, layout, count, seed, out: file, shard, json, checkpoint, threads, device, ...how },
  ) => {
    const {
      dataKindOf,
      fingerprint,
      isPart,
      latentArrays,
      openModel,
      openRunDataShown,
      partOf,
      randomRows,
      requireAllLevels,
      roundTrip,
      writeLatents,
      writePart,
    } = await import('../work.ts');
    const out = terminal({ json });
    requirePartFile(shard, file);
    requireWritable(file, ['.npz']);
    const model = await openModel(run, { threads, device, checkpoint });
    requireAllLevels(model.trained);
    const set = await openRunDataShown(model.trained, data, { layout });
    const rows = randomRows(set, count, seed);
    const { batch, tolerance } = how;
    const part = partOf(
      shard,
      model.trained,
      { command: 'encode', data: set.name, n: rows.length, seed, batch, threads, tolerance },
      { content: fingerprint(set), device },
    );
    if (partIsThere(out, { file, run, part }, isPart)) return;
    const started = performance.now();
    const encoded = await watched(model.encode(set, { rows, seed, shard, ...how }), plural(rows.length, 'latent'), out);
    const { latents, range } = encoded;
    const own = rows.slice(range.from, range.to);
    const { count: decoded, ...error } = await watched(roundTrip(model, encoded, how), 'round trip', out);
    if (part === undefined) writeLatents(file, { latents, rows });
    else writePart(file, latentArrays({ latents, rows: own }), { ...part, rows: range });
    const seconds = (performance.now() - started) / 1000;
    const rootMeanSquare = Math.sqrt(latents.data.reduce((sum, z) => sum + z * z, 0) / latents.data.length);
    const effort = effortOf(encoded);
    if (part !== undefined) out.line(rowsText('samples', range));
    printEffort(out, effort, { what: `${plural(own.length, 'latent')} of ${set.name}`, seconds, file });
    out.line(`root mean square of the latents ${rootMeanSquare.toFixed(3)}, where the prior has 1`);
    const { trained } = model;
    const unit = dataKindOf(trained.data, trained.catalog).unit(trained.data.scaler);
    const sentence = `mean error ${error.mean.toPrecision(2)}, largest ${error.largest.toPrecision(2)} ${unit}`;
    out.line(`round trip of ${plural(decoded, 'sample')}: ${sentence}`);
    out.result({
      ...{ run, step: model.info.step, data: set.name, n: own.length, seed, file },
      ...(part && { part: part.shard, range }),
      ...{ roundTrip: error, rootMeanSquare, ...effort },
    });
  },
});
