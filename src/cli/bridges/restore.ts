/** @file `scorefield restore` of a bridge that has learned to undo one damage. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { jsonText } from '../../base/json.ts';
import { sizeOf } from '../../base/tensor.ts';
import { lastPart, plural, shortened } from '../../base/words.ts';
import type { Layout } from '../../data/arrays/layout.ts';
import { meanEstimate } from '../../evaluate/estimate.ts';
import { trainedOf } from '../../model/trained.ts';
import { damageText, requireSameDamage } from '../../node/bridges/damage-facts.ts';
import { openRestoringBridge, type RestoringBridge } from '../../node/bridges/restore-bridge.ts';
import { requireFolder, writeRestoration } from '../../node/restoration-folder.ts';
import { loadAnyRun } from '../../run/load.ts';
import type { Values } from '../shell/command.ts';
import { damageOptions, noiseOf } from '../shell/damage-options.ts';
import { watched } from '../shell/progress.ts';
import { printRestoration } from '../shell/restoration-report.ts';
import { readSubject } from '../shell/restoration-subject.ts';
import { refuseOthers, type TaskCommandOptions } from '../shell/task-options.ts';
import type { Terminal } from '../shell/terminal.ts';

/** Options of `restore` of a bridge; those of the damage may say again what the bridge has learned. */
interface RestoreOptions extends TaskCommandOptions, Partial<Values<typeof damageOptions>> {
  readonly image?: string | undefined;
  readonly layout?: Layout | undefined;
  readonly index?: string | undefined;
  readonly measured?: string | undefined;
  readonly method?: string | undefined;
  readonly batch?: number | undefined;
  readonly task?: string | undefined;
}

const taken = ['image', 'layout', 'index', 'measured', 'steps', 'out', 'task', ...Object.keys(damageOptions)];

/** Restores images and writes what `restore` writes of every model. */
export async function restoreByBridge(run: string, options: RestoreOptions, out: Terminal): Promise<void> {
  refuseOthers([run, 'bridges'], options, taken);
  const { checkpoint, threads, device } = options;
  const bridge = await openRestoringBridge(run, { checkpoint, threads, device });
  try {
    await restoreImages(run, bridge, options, out);
  } finally {
    await bridge[Symbol.asyncDispose]();
  }
}

async function restoreImages(
  run: string,
  bridge: RestoringBridge,
  options: RestoreOptions,
  out: Terminal,
): Promise<void> {
  const { checkpoint, seed = 0, count, batch, steps, method, image, data, layout, index } = options;
  const { direction, facts, damage } = bridge;
  const { name } = direction.method;
  checkOptions([method === undefined || method === name, 'method', `expected ${name}, as ${run} is a bridge, got ${method}`]); // prettier-ignore
  const { task, mask, factor, blur, rate, acceleration, angles, measured, noise, noiseModel, counts } = options;
  const asked = { task, mask, factor, blur, rate, acceleration, angles, ...noiseOf({ noise, noiseModel, counts }) };
  await requireSameDamage(run, { damage: facts, shape: direction.data.shape }, asked);
  const into = options.out ?? join(bridge.folder, 'restored', `${facts.task}-${name}-seed${seed}`);
  requireFolder(into);
  const trained = trainedOf(loadAnyRun(bridge.folder, checkpoint), run);
  const subject = await readSubject({ trained }, damage.task, { image, data, layout, index, measured });
  checkOptions([
    subject.noise === undefined || subject.noise === facts.noise,
    'measured',
    `expected a measurement with the noise that ${run} has learned, ${facts.noise ?? 'of counts'}; ${measured} has ${subject.noise}`,
  ]);
  const computation = bridge.restore(subject, { count, seed, batch, steps });
  const restoration = await watched(computation, plural((count ?? 0) * subject.rows.length, 'sample'), out);
  const result = {
    ...{ run, step: direction.step ?? null, task: facts.task, method: name },
    options: { ...facts, epsilon: direction.epsilon, ...restoration.method.options },
    ...{ data: subject.name, noise: restoration.subjects.measurement.noiseStd, n: count, seed },
    seconds: restoration.seconds,
    measurements: sizeOf(damage.task.operator.shapeOut),
    unknowns: sizeOf(direction.data.shape),
    evaluations: meanEstimate(restoration.evaluations).value,
    images: restoration.quality.images,
  };
  const files = await writeRestoration(into, restoration, {
    title: `${facts.task}: ${shortened(lastPart(subject.name), 40)}`,
    report: (paths) => `${jsonText({ ...result, files: paths }, { indent: 2, digits: 6 })}\n`,
  });
  out.line(`the damage that ${run} has learned: ${damageText(facts)}`);
  printRestoration(out, restoration, files['sheet'] ?? '');
  out.result(JSON.parse(jsonText({ ...result, files }, { digits: 6 })) as object);
}
