/** @file Sounds restored by a model, as `restore --sound` does. */
import { join } from 'node:path';
import { checkOptions } from '../../base/check.ts';
import { anyOf, lastPart } from '../../base/words.ts';
import type { SoundSet } from '../../data/sounds/sound.ts';
import type { Model } from '../../model/model.ts';
import { watched } from './progress.ts';
import { duration, plural, type Terminal } from './terminal.ts';

/** What is asked for. */
export interface RestoringSoundOptions {
  readonly run: string;
  readonly sound: string | undefined;
  readonly task: string | undefined;
  readonly gap: readonly number[] | undefined;
  readonly level: number | undefined;
  readonly count: number;
  readonly seed: number;
  readonly steps: number | undefined;
  readonly nfe: number | undefined;
  readonly grid: string | undefined;
  readonly out: string | undefined;
  /** Options of images, which are of no use here. */
  readonly [image: string]: unknown;
}

const ofImages = ['table', 'image', 'data', 'layout', 'index', 'measured', 'mask', 'factor', 'blur', 'rate', 'acceleration', 'angles', 'noise', 'noiseModel', 'counts', 'class', 'text', 'method', 'settings']; // prettier-ignore

/** Restores the sound of a file and writes the files. */
export async function restoreSound(model: Model, out: Terminal, options: RestoringSoundOptions): Promise<void> {
  const { kindOf, requireFolder, restoredSounds, soundProblem, soundTasks, writeRestoredSounds } =
    await import('../work.ts');
  const { run, sound = '', task: asked, gap, level, count, seed, steps, nfe, grid, out: folder } = options;
  const wrong = ofImages.find((name) => options[name] !== undefined);
  const task = soundTasks.find((name) => name === asked);
  checkOptions([wrong === undefined, wrong ?? '', `is of images, not of ${sound}`]);
  checkOptions([task !== undefined, 'task', `expected ${anyOf(soundTasks)} for a sound, got ${asked ?? 'none'}`]);
  const { info } = model;
  const beside = model.trained.record === undefined ? join(run, 'restored') : `${info.name}-restored`;
  const into = folder ?? join(beside, `${lastPart(sound).replace(/\.\w+$/, '')}-${task ?? ''}-seed${seed}`);
  requireFolder(into);
  const problem = soundProblem(model, sound, { task: task ?? 'inpaint', gap, level });
  const { set } = problem;
  const { gaps } = kindOf(set);
  const rows = [...Array(set.count).keys()].filter((row) => gaps?.isIncomplete(set, row));
  const started = performance.now();
  const computation = model.complete(set, { rows, count, seed, steps, nfe, grid, batch: 32 });
  const completion = await watched(computation, plural(rows.length * count, 'sample'), out);
  const restored = restoredSounds(problem, { completed: completion.samples as unknown as SoundSet, rows, count });
  const files = await writeRestoredSounds(into, problem, restored);
  const { sampler, evaluations } = completion;
  const seconds = (performance.now() - started) / 1000;
  const { decibels } = restored;
  out.line(
    `${plural(count, 'restored sound')} by ${sampler} in ${duration(seconds)}, ${evaluations.toFixed(0)} network evaluations each: ${files.sounds}`,
  );
  if (decibels !== undefined)
    out.line(
      `signal over error where the sound was lost: ${decibels.restored.toFixed(1)} dB, of what was left ${decibels.measured.toFixed(1)} dB`,
    );
  out.line(`the sound, what was left of it, and the restored ones: ${files.sheet}`);
  out.result({ run, step: info.step, sound, task, n: count, seed, sampler, evaluations, seconds, decibels, files });
}
