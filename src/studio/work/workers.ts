/** @file The workers of the page. Each starts with its first job, or a little before. */
import type { EngineJobs } from './engine-worker.ts';
import type { ExactJobs } from './exact-worker.ts';
import type { ModelJobs } from './model-worker.ts';
import { connect } from './connect.ts';

/** 'graphics' for a graphics processor. It is of the visitor's machine, so that it is kept there and no link says it. */
export const { device = '' } = localStorage as { readonly device?: string };

/** What is known in closed form. */
export const exact = connect<ExactJobs>(
  () => new Worker(new URL('./exact-worker.ts', import.meta.url), { type: 'module' }),
);
/** What is learned. */
export const engine = connect<EngineJobs>(
  () => new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module', name: device }),
);
/** Trained models. */
export const models = connect<ModelJobs>(
  () => new Worker(new URL('./model-worker.ts', import.meta.url), { type: 'module', name: device }),
);
