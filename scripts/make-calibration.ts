/**
 * @file Makes docs/calibration.md from the numbers of docs/images/calibration.json:
 *
 *   npx tsx scripts/make-calibration.ts
 *   npx tsx scripts/make-calibration.ts --measure FOLDER [--only TEXT]
 *
 * With --measure it measures every method on every problem first, a file in FOLDER for each problem; files that are there are
 * not measured again, so that it can be stopped and goes on. It then draws all of them, as `scorefield figure calibration`
 * draws one operator in each dimension. --only measures the problems whose names hold a text, and draws nothing.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { jsonText, parseJsonText } from '../src/base/json.ts';
import { nodeBackend } from '../src/backend/ort-node.ts';
import { key } from '../src/base/key.ts';
import { drawInto } from '../src/figure/draw-into.ts';
import { inverseList } from '../src/catalog/posterior-samplers/build-posterior-sampler.ts';
import { calibration, calibrationDrawing, measureProblem } from '../src/figure/calibration.ts';
import { calibrationProblems } from '../src/figure/calibration-problems.ts';
import type { MethodCalibration } from '../src/figure/calibration-study.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { calibrationPage, type CalibrationNumbers } from './calibration-page.ts';

const docs = resolve(import.meta.dirname, '../docs');
const images = join(docs, 'images');
const seed = 0;
const { values } = parseArgs({ options: { measure: { type: 'string' }, only: { type: 'string' } } });

async function measureInto(folder: string, only: string): Promise<readonly MethodCalibration[]> {
  mkdirSync(folder, { recursive: true });
  const results: MethodCalibration[] = [];
  for (const problem of calibrationProblems(key(seed)).filter(({ name }) => name.includes(only))) {
    const file = join(folder, `${problem.name.replaceAll(/\W+/g, '-')}.json`);
    if (!existsSync(file)) {
      const started = performance.now();
      writeAtomic(file, jsonText(await measureProblem(key(seed), problem)));
      console.log(`${problem.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
    results.push(...(parseJsonText(readFileSync(file, 'utf8')) as MethodCalibration[]));
  }
  return results;
}

async function main(): Promise<void> {
  const { measure, only } = values;
  if (measure !== undefined) {
    const results = await measureInto(measure, only ?? '');
    if (only !== undefined) return;
    const measured = { ...calibration, draw: () => Promise.resolve(calibrationDrawing(results)) };
    await drawInto(measured, { folder: images, seed, backend: nodeBackend() });
  }
  const file = readFileSync(join(images, 'calibration.json'), 'utf8');
  const { numbers } = parseJsonText(file) as { numbers: CalibrationNumbers };
  writeAtomic(join(docs, 'calibration.md'), calibrationPage(inverseList, numbers));
}

await main();
