/** @file What `scorefield evaluate` prints of distances and metrics, and its files of features. */
import { checkOptions } from '../../base/check.ts';
import { metricsNamed } from '../../catalog/metrics/index.ts';
import { estimateText, type Estimate } from '../../evaluate/estimate.ts';
import type { ClassAccuracy } from '../../model/evaluation/class-accuracy.ts';
import type { Evaluation } from '../../model/evaluation/evaluation.ts';
import type { FeaturePart } from '../../model/evaluation/feature-shards.ts';
import type { MeasuredMetric } from '../../model/evaluation/metrics.ts';
import type { EngineOptions } from '../../node/host.ts';
import type { PartOf } from '../../node/shards.ts';
import { rowsText } from './parts.ts';
import { watched } from './progress.ts';
import { plural, short, table, type Terminal } from './terminal.ts';

/** A line for each metric, with its value for real samples and what is expected of perfect ones. */
function metricLines(metrics: readonly MeasuredMetric[]): readonly string[] {
  return metrics.map(({ title, samples, real, expected, n }) => {
    const chance = ({ pValue }: MeasuredMetric['samples']): string =>
      pValue === undefined ? '' : ` (p ${short(pValue)})`;
    return (
      `${title} ${estimateText(samples)}${chance(samples)}, of ${plural(n, 'real one')} ${estimateText(real)}${chance(real)}` +
      (expected === undefined ? '' : `, expected ${short(expected)}`)
    );
  });
}

/** Prints distances and metrics. */
export function printEvaluation(out: Terminal, ref: string, found: Evaluation): void {
  const { n, frechet, frechetFloor, frechetExcess, energy, energyFloor, dimension, reference, real } = found;
  out.line(
    `${found.distance} ${estimateText(frechet)} for ${plural(n, 'sample')} of ${ref}, against ${plural(reference.count, 'sample')} ${reference.what}`,
  );
  out.line(
    `${plural(n, 'sample')} ${real.what} have ${estimateText(frechetFloor)}: ${estimateText(frechetExcess)} less`,
  );
  out.line(`energy distance ${estimateText(energy)}, of the real ones ${estimateText(energyFloor)}`);
  for (const line of metricLines(found.metrics ?? [])) out.line(line);
  if (found.report !== undefined) out.line(table(found.report.rows));
  const [fewest, which] = n <= reference.count ? [n, ''] : [reference.count, ' of the reference'];
  if (fewest <= dimension)
    out.line(
      `${fewest} samples${which} are too few for a covariance of ${dimension} features; compare nothing with this distance`,
    );
  if (found.accuracy !== undefined) printAccuracy(found.accuracy, out);
  if (found.classes !== undefined)
    out.line(
      `classes, as the extractor sees them (samples, reference): ${Object.entries(found.classes)
        .map(([name, [own, theirs]]) => `${name} ${percent(own)}, ${percent(theirs)}`)
        .join('; ')}`,
    );
}

/** How often a classifier finds the classes that were asked for, then class by class. */
function printAccuracy({ samples, reference, byChance, asHeard, classes }: ClassAccuracy, out: Terminal): void {
  out.line(
    `the extractor finds the class of ${accuracyText(samples)} of the samples, of ${accuracyText(reference)} of the reference; by chance it would of ${percent(byChance)}`,
  );
  if (asHeard !== undefined)
    out.line(
      `of the waves of spectrograms (Griffin-Lim), of ${accuracyText(asHeard.samples)} of the samples, of ${accuracyText(asHeard.reference)} of the reference`,
    );
  out.line(
    table(
      Object.fromEntries(
        Object.entries(classes).map(([name, { n, samples: own, reference: theirs }]) => [
          `  ${name}`,
          `${accuracyText(own)} of ${plural(n.samples, 'sample')}, ${accuracyText(theirs)} of ${plural(n.reference, 'real one')}`,
        ]),
      ),
    ),
  );
}

function accuracyText({ value, standardError }: Estimate): string {
  return `${(100 * value).toFixed(1)} ± ${(100 * standardError).toFixed(1)} %`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** @throws ConfigError naming the options that are given and of no use. */
export function refuseOf(options: Readonly<Record<string, unknown>>, why: string): void {
  checkOptions(
    ...Object.entries(options).map(([name, value]) => [value === undefined || value === false, name, why] as const),
  );
}

/** Compares the features of a file, which are all that it takes. */
export async function evaluateFeatures(
  file: string,
  { metrics: names, ...engine }: EngineOptions & { readonly metrics: readonly string[] | undefined },
  out: Terminal,
): Promise<void> {
  const { compareFeatureFile, readFeatures } = await import('../work.ts');
  const { data, ...stored } = readFeatures(file);
  const metrics = metricsNamed(names ?? [], { classifier: stored.extractor.classes.length > 0 });
  const found = await watched(compareFeatureFile(stored, { ...engine, metrics }), `${file} against ${data}`, out);
  printEvaluation(out, file, found);
  out.result({ file, data, ...found });
}

/** Writes features, or the part of a shard of them. */
export async function writeFeatures(
  { file, run, data, part }: { readonly part: PartOf | undefined } & Readonly<Record<'file' | 'run' | 'data', string>>,
  { ranges, ...found }: FeaturePart,
  out: Terminal,
): Promise<void> {
  const { featureArrays, featureRows, formatNpz, writeAtomic, writePart } = await import('../work.ts');
  const arrays = featureArrays(found, data);
  if (part === undefined) writeAtomic(file, formatNpz(arrays));
  else writePart(file, arrays, { ...part, rows: ranges.samples, own: featureRows(ranges) });
  out.line(`${found.extractor.name} features of ${rowsText('samples', ranges.samples)}: ${file}`);
  out.result({ file, run, data, ...(part && { part: part.shard }), ranges });
}
