/**
 * @file Measures the orders of all solvers and makes docs/samplers.md, docs/images/solver-orders.svg and its numbers, in a
 * quarter of a minute:
 *
 *   npx tsx scripts/make-samplers.ts
 *
 * The quality of samplers is that of docs/images/gallery/nfe-quality.json, which `make-gallery.ts nfe-quality` makes.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { jsonText } from '../src/base/json.ts';
import { samplerList } from '../src/catalog/samplers/build-sampler.ts';
import { budgets, type QualityStudy } from '../src/figure/sampler-quality.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { samplersPage } from './samplers-page.ts';
import { ordersPlot } from './solver-orders-plot.ts';
import { measureOrders } from './solver-orders.ts';

const docs = resolve(import.meta.dirname, '../docs');
const file = readFileSync(join(docs, 'images/gallery/nfe-quality.json'), 'utf8');
const { numbers: quality } = JSON.parse(file) as { numbers: QualityStudy };
const json = jsonText({ sde: 'vp', grid: 'log-snr', solvers: await measureOrders() }, { indent: 2, digits: 6 });
const { solvers: orders } = JSON.parse(json) as { solvers: Awaited<ReturnType<typeof measureOrders>> };

writeAtomic(join(docs, 'images/solver-orders.json'), `${json}\n`);
writeAtomic(join(docs, 'images/solver-orders.svg'), ordersPlot(orders));
writeAtomic(join(docs, 'samplers.md'), samplersPage({ list: samplerList, quality, orders, budgets }));
for (const { solver, theory, measured, standardError } of orders)
  console.log(`${solver.padEnd(28)} ${theory}  ${measured.toFixed(3)} ± ${standardError.toFixed(3)}`);
