/**
 * @file PSNR and SSIM of posterior means and samples over many test images, with standard errors, against the classical
 * baselines, as rows in Markdown and as JSON:
 *
 *   npx tsx scripts/restore-table.ts RUN --task superres --count 100 --out superres.json
 *
 * Takes the options of `scorefield restore` that say what is measured and how; --count is the number of test images, -n the
 * samples of each.
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '../src/backend/ort-node.ts';
import { key } from '../src/base/key.ts';
import { meanEstimate } from '../src/evaluate/estimate.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { report } from '../src/cli/report.ts';
import { qualities, restore, type Quality } from '../src/cli/restoration.ts';
import { prepare, withModel, type TaskFlags } from '../src/cli/restore.ts';
import { measureInput, readInput } from '../src/cli/restore-input.ts';
import { rounded } from '../src/cli/restore-report.ts';
import { terminal } from '../src/cli/terminal.ts';
import { loadWholeRun } from '../src/cli/run-data.ts';
import { markdownRows, restoreRow } from './restore-rows.ts';

const text = { type: 'string' } as const;
const numbers = ['factor', 'blur', 'rate', 'acceleration', 'angles', 'steps', 'seed'] as const;

/** Images that are worked on together, so that memory does not grow with their number. */
const together = 8;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ task: text, mask: text, method: text, grid: text, data: text, noise: text, count: text, n: text, out: text },
      ...{ factor: text, blur: text, rate: text, acceleration: text, angles: text, steps: text, seed: text },
      ...{ batch: text, threads: text, set: { type: 'string', multiple: true } },
    } as const,
  });
  const [folder = ''] = positionals;
  const { task: name = '', set = [], data = 'test', count = '100', n = '4', noise = '0.05' } = values;
  const asked = Object.fromEntries(
    numbers.flatMap((of) => (values[of] === undefined ? [] : [[of, Number(values[of])] as const])),
  );
  const { mask, method: wanted, grid } = values;
  const flags: TaskFlags = {
    ...asked,
    ...{ task: name, set },
    ...(mask !== undefined && { mask }),
    ...(wanted !== undefined && { method: wanted }),
    ...(grid !== undefined && { grid }),
  };
  const batch = Number(values.batch ?? 32);
  const backend = nodeBackend({ threads: Number(values.threads ?? 2) });
  const loaded = loadWholeRun(folder);
  const { task, method } = await prepare(loaded, flags);
  const seed = flags.seed ?? 0;
  const out = terminal();
  const columns = new Map<string, (readonly Quality[])[]>();
  const evals: number[] = [];
  await withModel(loaded, { batch, backend }, async (model) => {
    for (let begin = 0; begin < Number(count); begin += together) {
      const rows = Array.from({ length: Math.min(together, Number(count) - begin) }, (_, i) => begin + i);
      const input = await readInput(loaded, task, { data, index: rows.join(',') });
      const { measurement, truth } = measureInput(key(seed), task, input, Number(noise));
      const found = await restore(loaded, model, { task, method, measurement, rows, n: Number(n), seed, batch }, out);
      const parts = { ...found.baselines, mean: found.means, samples: found.samples };
      for (const [column, x] of Object.entries(parts)) {
        const all = qualities(x, measurement, truth);
        const each = all.length / rows.length;
        const own = rows.map((_, i) => all.slice(i * each, (i + 1) * each));
        columns.set(column, [...(columns.get(column) ?? []), ...own]);
      }
      evals.push(...found.evals);
    }
  });
  out.done();
  const rows = [...columns].map(([column, perImage]) => restoreRow(column, perImage));
  out.line(markdownRows(rows));
  const about = { run: folder, step: loaded.point.step, task: name, method: method.name, options: method.options };
  const result = {
    ...about,
    data,
    noise: Number(noise),
    n: Number(n),
    seed,
    evaluations: meanEstimate(evals).value,
    rows,
  };
  if (values.out !== undefined) writeAtomic(values.out, `${JSON.stringify(result, rounded, 2)}\n`);
}

process.exitCode = await report(main);
