/**
 * @file Contact sheets of the tasks of a plan, and samples of every class by both guidances, for docs/restoration.md:
 *
 *   npx tsx scripts/restore-sheets.ts RUN --plan clothes [--only TEXT] [--method pigdm] [--nfe 100]
 *   npx tsx scripts/restore-sheets.ts RUN --classes NAME [--guidance 2] [--classifier RUN2]
 *
 * Writes docs/images/restoration/PLAN-TASK.png, or NAME-classes.png and NAME-classifier.png; sheets that are there are left
 * alone, so that it can be stopped and goes on.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../src/index.ts';
import { offeredClasses } from '../src/model/condition.ts';
import { openModel, openRunData } from '../src/node.ts';
import { plans } from './restore-plans.ts';

const text = { type: 'string' } as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ plan: text, only: text, method: text, nfe: text, n: text, threads: text, index: text, out: text },
      ...{ classes: text, guidance: text, classifier: text },
    },
  });
  const [run = ''] = positionals;
  const out = values.out ?? resolve(import.meta.dirname, '../docs/images/restoration');
  const threads = Number(values.threads ?? 1);
  mkdirSync(out, { recursive: true });
  if (values.classes !== undefined) {
    const { classifier, classes } = values;
    const file = join(out, `${classes}-${classifier === undefined ? 'classes' : 'classifier'}.png`);
    if (existsSync(file)) return;
    const each = Number(values.n ?? 10);
    const model = await openModel(run, { threads });
    const guide = classifier === undefined ? undefined : await openModel(classifier, { threads });
    const names = offeredClasses(model.trained, guide?.trained);
    const of = names.flatMap((name) => Array<string>(each).fill(name));
    const guided = model.given({ class: of, guidance: Number(values.guidance ?? 2), classifier: guide });
    const { samples } = await guided.sample({ nfe: Number(values.nfe ?? 100), sampler: 'dpm-solver-2m' });
    await samples.save(file, { columns: each });
    return;
  }
  const { plan: name = '', only = '', method } = values;
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined;
  if (plan === undefined)
    throw new ConfigError([{ path: '--plan', message: `expected ${Object.keys(plans).join(', ')}, got ${name || 'none'}` }]); // prettier-ignore
  const model = await openModel(run, { threads });
  const image = await openRunData(model.trained, plan.data);
  const rows = (values.index ?? plan.shown).split(',').map(Number);
  for (const { name: task, subject, noise } of plan.tasks.filter((one) => one.name.includes(only))) {
    const file = join(out, `${name}-${task}.png`);
    if (existsSync(file)) continue;
    const restoration = await model.restore(
      { ...subject, noise, image, rows },
      { method, nfe: Number(values.nfe ?? 100), count: Number(values.n ?? 8) },
    );
    await restoration.save(file, { title: `${subject.task}: ${image.name}` });
    console.log(file);
  }
}

await main();
