/** @file Everything that has a name, and how it is built by name: what `scorefield/catalog` exports. */
export { buildPosteriorSampler, inverseList, type InverseInfo, type InverseOptions } from './catalog/inverse.ts';
export { buildTask, taskList, type RestorationTask, type TaskInfo, type TaskOptions } from './catalog/inverse-tasks.ts';
export { buildSampler, samplerList, samplerNames, type SamplerInfo, type SamplerOptions } from './catalog/samplers.ts';
export { builtIn, catalog, type Catalog } from './catalog/catalog.ts';
export { resolveConfig } from './catalog/resolve.ts';
