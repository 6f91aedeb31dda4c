/** @file The commands of runs whose task is one of its own, not a score that every command takes. */
import { ConfigError } from '../base/errors.ts';
import { bridgeTask } from '../catalog/tasks/bridge.ts';
import { shapeModelTask } from '../catalog/tasks/shape-model.ts';
import { tokenModelTask } from '../catalog/tasks/token-model.ts';
import { bridgeOf } from '../run/folder/bridge.ts';
import { isRun, openRun } from '../run/folder/run-folder.ts';
import { configOf } from '../run/load.ts';
import { restoreByBridge } from './bridges/restore.ts';
import { sampleBridge } from './bridges/sample.ts';
import { evaluateShapes } from './shapes/evaluate.ts';
import { sampleShapes } from './shapes/sample.ts';
import type { TaskCommandOptions } from './shell/task-options.ts';
import type { Terminal } from './shell/terminal.ts';
import { evaluateTokens } from './tokens/evaluate.ts';
import { likelihoodOfTokens } from './tokens/likelihood.ts';
import { restoreTokens } from './tokens/restore.ts';
import { sampleTokens } from './tokens/sample.ts';

/** What a command does for a run. */
type OwnCommand = (run: string, options: TaskCommandOptions, out: Terminal) => Promise<void>;

/** Commands that some task does in its own way. */
type OwnName = 'sample' | 'evaluate' | 'likelihood' | 'restore';

const ofTask: Readonly<Record<string, Partial<Record<OwnName, OwnCommand>>>> = {
  [tokenModelTask.name]: {
    ...{ sample: sampleTokens, evaluate: evaluateTokens },
    ...{ likelihood: likelihoodOfTokens, restore: restoreTokens },
  },
  [bridgeTask.name]: { sample: sampleBridge, restore: restoreByBridge },
  [shapeModelTask.name]: { sample: sampleShapes, evaluate: evaluateShapes },
};

/**
 * What a command does for a run whose task has commands of its own; undefined of any other run, model or file.
 * @throws ConfigError if the task has nothing of the kind.
 */
export function ownCommand(ref: string, name: OwnName): OwnCommand | undefined {
  const task = bridgeOf(ref) !== undefined ? bridgeTask.name : isRun(ref) ? configOf(openRun(ref)).task : undefined;
  const own = task === undefined ? undefined : ofTask[task];
  if (own === undefined) return undefined;
  const command = own[name];
  if (command === undefined)
    throw new ConfigError([
      {
        path: 'model',
        message: `expected a run that learns a score, ${ref} is a ${task}, which has ${Object.keys(own).join(' and ')}`,
      },
    ]);
  return command;
}
