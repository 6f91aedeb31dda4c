/** @file `metrics.jsonl`, the record of a run: one JSON object per line, each with its step. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FileError } from '../../base/errors.ts';
import { openAppender } from './append.ts';
import { jsonText, parseJsonText, type Json } from '../../base/json.ts';
import { readTextFile } from '../../base/regular-file.ts';
import { writeAtomic } from '../../io/atomic.ts';
import type { Run } from './run-folder.ts';

/** One line of metrics. Numbers that are not finite come back as they are. */
export interface MetricsLine {
  readonly step: number;
  readonly [name: string]: Json;
}

/** Appends lines to the metrics of a run. */
export interface MetricsWriter {
  /** Adds a line, whole or not at all. */
  append(line: MetricsLine): void;
  /** Waits until all lines are on the disk; call it before the checkpoint of a step is saved. */
  sync(): void;
  close(): void;
}

/**
 * Opens the metrics of a run that begins (no `resumeStep`) or goes on after `resumeStep`: lines of later steps and a torn last
 * line are removed first. A run that appends a step's line before it saves that step's checkpoint then ends with the same
 * file, however often it was killed.
 * @throws FileError if the file is damaged or cannot be written, from `append` also when the disk is full.
 */
export function metricsWriter(
  run: Run,
  { resumeStep }: { readonly resumeStep?: number | undefined } = {},
): MetricsWriter {
  const file = metricsFile(run);
  const present = existsSync(file) ? readTextFile(file, { maxBytes }) : '';
  const last = resumeStep ?? -Infinity;
  const kept = linesOf(present, file).filter(({ value }) => value.step <= last);
  const text = kept.map(({ line }) => `${line}\n`).join('');
  if (text !== present) writeAtomic(file, text);
  const log = openAppender(file);
  return { ...log, append: (line) => log.append(`${jsonText(line)}\n`) };
}

/**
 * Lines of the metrics of a run, in order; none if it has not started. A last line that is being written is passed over.
 * @throws FileError if the file cannot be read or a line before the last is not a JSON object with a step.
 */
export function readMetrics(run: Run): readonly MetricsLine[] {
  const file = metricsFile(run);
  if (!existsSync(file)) return [];
  return metricsLines(readTextFile(file, { maxBytes }), file);
}

/** A text of more bytes is more than JavaScript takes. */
const maxBytes = 2 ** 29 - 2 ** 10;

/** The file of the metrics of a run. */
export function metricsFile(run: Pick<Run, 'folder'>): string {
  return join(run.folder, 'metrics.jsonl');
}

/**
 * The lines of a text.
 * @throws FileError if a line before the last is not a JSON object with a step.
 */
export function metricsLines(text: string, file: string): readonly MetricsLine[] {
  return linesOf(text, file).map(({ value }) => value);
}

function linesOf(text: string, file: string): readonly { readonly line: string; readonly value: MetricsLine }[] {
  const lines = text.split('\n');
  // What follows the last line break is empty, or a line that was cut off.
  lines.pop();
  return lines.flatMap((line, i) => {
    const value = parseLine(line);
    if (value !== undefined) return [{ line, value }];
    // After a power cut the last line may have its length and not its content.
    if (i === lines.length - 1) return [];
    throw new FileError(file, `line ${i + 1} is not a JSON object with a step; repair or delete that line`);
  });
}

function parseLine(line: string): MetricsLine | undefined {
  try {
    const value = parseJsonText(line) as Partial<MetricsLine> | null;
    return Number.isSafeInteger(value?.step) && (value?.step ?? -1) >= 0 ? (value as MetricsLine) : undefined;
  } catch {
    return undefined;
  }
}
