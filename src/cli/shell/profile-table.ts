/** @file The tables of a profile. */
import { styleText } from 'node:util';
import type { OperatorTime } from '../../backend/ort-profile.ts';
import type { TaskProfile } from '../../node/profile.ts';

const mostRows = 15;

/** Sums over the calls that have a name in common, the slowest first. */
function totalsBy(operators: readonly OperatorTime[], nameOf: (operator: OperatorTime) => string): readonly Total[] {
  const totals = new Map<string, Total>();
  for (const operator of operators) {
    const name = nameOf(operator);
    const before = totals.get(name) ?? { name, calls: 0, ms: 0, flops: 0, productMs: 0, derivativeMs: 0 };
    const { calls, ms, flops } = operator;
    totals.set(name, {
      name,
      calls: before.calls + calls,
      ms: before.ms + ms,
      flops: before.flops + flops,
      productMs: before.productMs + (flops > 0 ? ms : 0),
      derivativeMs: before.derivativeMs + (operator.layer?.endsWith("'") ? ms : 0),
    });
  }
  return [...totals.values()].sort((a, b) => b.ms - a.ms);
}

/** Calls that belong together. */
export interface Total {
  readonly name: string;
  readonly calls: number;
  readonly ms: number;
  readonly flops: number;
  /** Time of convolutions and matrix products alone. */
  readonly productMs: number;
  /** Time of derivatives alone. */
  readonly derivativeMs: number;
}

/** The layer of a call, without the prime of derivatives. */
function layerName({ layer }: OperatorTime): string {
  return layer === undefined ? 'changes of layout' : layer.replace(/'$/, '') || 'inputs';
}

/** A task's time by operator and by layer. */
export function profileTables({ task, wallMs, ms, operators }: TaskProfile): string {
  const all = operators.reduce((sum, operator) => sum + operator.ms, 0);
  const share = (part: number): string => ((100 * part) / all).toFixed(1);
  const rate = ({ flops, productMs }: Total): string => (flops > 0 ? (flops / productMs / 1e6).toFixed(0) : '');
  const byOperator = shown(totalsBy(operators, ({ op }) => op)).map((total) => {
    return [total.name, total.ms.toFixed(2), share(total.ms), String(total.calls), rate(total)];
  });
  const differentiated = operators.some(({ layer }) => layer?.endsWith("'"));
  const byLayer = shown(totalsBy(operators, layerName)).map((total) => {
    const parts = differentiated
      ? [total.ms - total.derivativeMs, total.derivativeMs].map((part) => part.toFixed(2))
      : [];
    return [total.name, total.ms.toFixed(2), share(total.ms), ...parts, rate(total)];
  });
  const directions = differentiated ? ['forward', 'backward'] : [];
  return [
    `${styleText('bold', task)}  ${wallMs.toFixed(1)} ms; with profiling ${ms.toFixed(1)} ms, of which operators ${all.toFixed(1)} ms`,
    grid([['operator', 'ms', '%', 'calls', 'GFLOP/s'], ...byOperator]),
    grid([['layer', 'ms', '%', ...directions, 'GFLOP/s'], ...byLayer]),
  ].join('\n\n');
}

/** The slowest ones, and all others as one. */
function shown(totals: readonly Total[]): readonly Total[] {
  if (totals.length <= mostRows + 1) return totals;
  const rest = totals.slice(mostRows);
  const sum = (of: (total: Total) => number): number => rest.reduce((all, total) => all + of(total), 0);
  const others: Total = {
    name: `${rest.length} others`,
    calls: sum(({ calls }) => calls),
    ms: sum(({ ms }) => ms),
    flops: sum(({ flops }) => flops),
    productMs: sum(({ productMs }) => productMs),
    derivativeMs: sum(({ derivativeMs }) => derivativeMs),
  };
  return [...totals.slice(0, mostRows), others];
}

/** Rows in columns, names to the left and numbers to the right, under a dim heading. */
function grid(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
  return lines.map((line, i) => `  ${i === 0 ? styleText('dim', line) : line.trimEnd()}`).join('\n');
}
