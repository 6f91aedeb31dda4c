/**
 * @file Draws the same noise by a teacher and by its students, docs/images/few-steps-clothes.png: a row for each model.
 *
 *   npx tsx scripts/make-few-steps.ts TEACHER STUDENT ...
 */
import { resolve } from 'node:path';
import { map } from '../src/base/arith.ts';
import { concatRows } from '../src/base/tensor.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { gridOf } from '../src/model/restoration/restoration-pictures.ts';
import { encodePng, openModel } from '../src/node.ts';

const count = 12;
const [teacher, ...students] = process.argv.slice(2);
if (teacher === undefined || students.length === 0) throw new Error('expected a teacher and at least one student');
const rows = [];
for (const run of [teacher, ...students]) {
  const model = await openModel(run);
  const { samples } = await model.sample({ count, seed: 0, ...(run === teacher && { sampler: 'ddim', nfe: 20 }) });
  rows.push(map(samples.x, (value) => (value + 1) / 2));
  await model[Symbol.asyncDispose]();
}
const file = resolve(import.meta.dirname, '../docs/images/few-steps-clothes.png');
writeAtomic(file, encodePng(gridOf(concatRows(rows), count)));
