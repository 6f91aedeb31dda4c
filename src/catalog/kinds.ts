/** @file The names of things, by kind, as options and messages list them. */
import { conditions } from './conditions/index.ts';
import { dataKinds } from './data-kinds/index.ts';
import { namesOf } from './named.ts';
import { networks } from './networks/index.ts';
import { objectives } from './objectives/index.ts';
import { parametrizations } from './parametrizations/index.ts';
import { processes } from './processes/index.ts';
import { tasks } from './tasks/index.ts';
import { trainable } from './tasks/task.ts';
import type { ConditionConfig, LossConfig, NetConfig, RunConfig, SdeConfig } from './config/schema.ts';

/** Names of what a network can be conditioned on. */
export const conditionKinds: readonly ConditionConfig['kind'][] = namesOf(conditions);

/** Names of the noise processes. */
export const sdeKinds: readonly SdeConfig['kind'][] = namesOf(processes);

/** Names of the parametrizations. */
export const parametrizationKinds: readonly RunConfig['parametrization']['kind'][] = namesOf(parametrizations);

/** Names of the objectives of scores. */
export const lossKinds: readonly LossConfig['kind'][] = namesOf(
  objectives.filter(({ task, students, joint }) => task === 'score' && students === undefined && joint === undefined),
);

/** Names of the objectives that train the autoencoder of their latents too. */
export const jointLossKinds: readonly LossConfig['kind'][] = namesOf(objectives.filter(({ joint }) => joint));

/** Names of the objectives of students, whose denoised estimate is where the flow ends. */
export const studentLossKinds: readonly LossConfig['kind'][] = namesOf(objectives.filter(({ students }) => students));

/** Names of the networks that learn scores. */
export const netKinds: readonly NetConfig['kind'][] = namesOf(networks.filter(({ task }) => task === 'score'));

/** Names of the networks that learn scores and can be given classes. */
export const conditionalNetKinds: readonly NetConfig['kind'][] = namesOf(
  networks.filter(({ task, options }) => task === 'score' && 'classes' in options),
);

/** Names of the tasks that a run can have. */
export const taskKinds: readonly string[] = namesOf(trainable(tasks));

/** What a setting is by default for each kind of data, for help: `mlp for points`. */
export function byDataKind(value: (kind: (typeof dataKinds)[number]) => unknown): string {
  return dataKinds.map((kind) => `${String(value(kind))} for ${kind.name}`).join(', ');
}

/** Names of the tasks that some kinds of data have for themselves. */
export const ownTasks: readonly string[] = namesOf(tasks.filter((one) => 'ofKind' in one));

/** Names of the networks and of the objectives of these. */
export const ownNetKinds: readonly NetConfig['kind'][] = namesOf(
  networks.filter(({ task }) => ownTasks.includes(task)),
);
export const ownLossKinds: readonly LossConfig['kind'][] = namesOf(
  objectives.filter(({ task }) => ownTasks.includes(task)),
);

/** Tokens that a network of them distinguishes; 0 of others. */
export function tokenCount(config: NetConfig): number {
  return 'tokens' in config ? config.tokens : 0;
}

/** Numbers of the latents of a network that has them; 0 of others. */
export function latentSize(config: NetConfig): number {
  return 'latent' in config ? config.latent : 0;
}

/** Classes that a network is conditional on, or predicts. */
export function classCount(config: NetConfig): number {
  return 'classes' in config ? config.classes : 0;
}
