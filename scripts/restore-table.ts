/**
 * @file PSNR and SSIM of posterior means and of single samples over many test images, with standard errors, against classical
 * baselines, with evaluations and seconds for a sample:
 *
 *   npx tsx scripts/restore-table.ts RUN --plan clothes --count 100
 *
 * Measures the tasks of a plan (clothes, emoji or phantoms) by each of --methods, writes docs/images/restoration/PLAN.json and
 * makes docs/restoration.md. It keeps what it has in the folder --work after every few images, so that it can be stopped and
 * goes on where it was. --only takes the tasks whose names hold a text, -n the samples of each image, --nfe the evaluations of
 * a sample; `auto` is the method that `restore` takes by itself.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { jsonText, parseJsonText } from '../src/base/json.ts';
import { ConfigError, type DataSet } from '../src/index.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { openModel, openRunData, type Model, type Quality } from '../src/node.ts';
import { plans, type PlannedTask } from './restore-plans.ts';
import { restorationPage, type PlanNumbers } from './restoration-page.ts';
import { summary, type Measured } from './restore-rows.ts';

const docs = resolve(import.meta.dirname, '../docs');
const pictures = join(docs, 'images/restoration');

/** Images that are worked on together, so that memory does not grow with their number. */
const together = 4;

/** How samples are drawn; the method that suits the task where none is named. */
interface How {
  readonly method: string | undefined;
  readonly nfe: number;
}

interface Sizes {
  readonly count: number;
  readonly n: number;
  readonly batch: number;
  readonly threads: number;
}

/** Goes on with one task by one method until `count` images are done. */
async function measureTask(
  model: Model,
  { planned, image, file, how }: { planned: PlannedTask; image: DataSet; file: string; how: How },
  { count, n, batch, threads }: Sizes,
): Promise<Measured> {
  let state: Measured = existsSync(file)
    ? (parseJsonText(readFileSync(file, 'utf8')) as Measured)
    : {
        ...{ task: planned.title, method: '', steps: 0, noise: planned.noise, n, threads },
        ...{ images: 0, seconds: 0, evaluations: 0, perImage: {} },
      };
  while (state.images < count) {
    const rows = Array.from({ length: Math.min(together, count - state.images) }, (_, i) => state.images + i);
    const { subject, noise } = planned;
    const found = await model.restore({ ...subject, noise, image, rows }, { ...how, count: n, batch });
    const perImage = Object.entries(found.quality.columns).map(([column, all]) => {
      const each = all.length / rows.length;
      const own = rows.map((_, i) => all.slice(i * each, (i + 1) * each));
      return [column, [...(state.perImage[column] ?? []), ...own]] as const;
    });
    state = {
      ...state,
      ...{ method: found.method.name, steps: found.method.options.steps ?? 0 },
      images: state.images + rows.length,
      seconds: state.seconds + found.seconds,
      evaluations: state.evaluations + found.evaluations.reduce((sum, evals) => sum + evals, 0),
      perImage: Object.fromEntries<readonly (readonly Quality[])[]>(perImage),
    };
    writeAtomic(file, jsonText(state));
    console.log(`${planned.name} by ${state.method}: ${state.images} of ${count} images`);
  }
  return state;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ plan: text, only: text, methods: text, nfe: text, count: text, n: text, work: text, out: text },
      ...{ batch: text, threads: text },
    },
  });
  const [folder = ''] = positionals;
  const { plan: name = '', only = '', methods = 'auto,pigdm', nfe = '42', out = docs } = values;
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined;
  if (plan === undefined)
    throw new ConfigError([{ path: '--plan', message: `expected ${Object.keys(plans).join(', ')}, got ${name || 'none'}` }]); // prettier-ignore
  const numberOf = (value: string | undefined, otherwise: number): number => Number(value ?? otherwise);
  const sizes = {
    ...{ count: numberOf(values.count, 100), n: numberOf(values.n, 4) },
    ...{ batch: numberOf(values.batch, 32), threads: numberOf(values.threads, 1) },
  };
  const model = await openModel(folder, { threads: sizes.threads });
  const image = await openRunData(model.trained, plan.data);
  const work = values.work ?? join(folder, 'restored', `table-${name}`);
  mkdirSync(work, { recursive: true });
  const results: Measured[] = [];
  for (const planned of plan.tasks.filter((one) => one.name.includes(only)))
    for (const method of planned.methods ?? methods.split(',')) {
      const how = { method: method === 'auto' ? undefined : method, nfe: Number(nfe) };
      const file = join(work, `${planned.name}-${method}-nfe${nfe}-n${sizes.n}.json`);
      const found = await measureTask(model, { planned, image, file, how }, sizes);
      results.push(found);
      const { psnr } = summary(found).rows.find((row) => row.method === 'mean') ?? {};
      console.log(`${planned.name} by ${found.method}: ${found.images} images, mean ${psnr?.value.toFixed(2)} dB`);
    }
  const { config } = model.trained;
  const numbers: PlanNumbers = {
    ...{ plan: name, title: plan.title, data: config.data.ref, step: model.info.step },
    ...{ net: config.net.kind, sde: config.sde.kind, tasks: results.map(summary) },
  };
  const where = out === docs ? pictures : out;
  mkdirSync(where, { recursive: true });
  writeAtomic(join(where, `${name}.json`), `${jsonText(numbers, { indent: 2, digits: 6 })}\n`);
  const files = readdirSync(where);
  const found = Object.keys(plans).filter((one) => files.includes(`${one}.json`));
  const all = found.map((one) => parseJsonText(readFileSync(join(where, `${one}.json`), 'utf8')) as PlanNumbers);
  writeAtomic(join(out, 'restoration.md'), restorationPage(all, files));
}

await main();
