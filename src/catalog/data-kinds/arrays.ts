/** @file Series, fields and volumes of floats as a kind of data. */
import { arrayHoles } from '../../data/float-arrays/array-holes.ts';
import type { ArrayForm } from '../../data/float-arrays/float-array.ts';
import { floatArraySets } from '../../data/float-arrays/float-array-set.ts';
import { isForm } from '../../data/float-arrays/form-coder.ts';
import { linesOf, npyOf } from '../../data/float-arrays/write-float-array.ts';
import type { Plain } from '../option.ts';
import { arrayPlot } from './array-plots.ts';
import { arrayReport } from './array-report.ts';
import { dataKind } from './data-kind.ts';
import { images } from './images.ts';

/** Whether the network goes around axes; networks of fields complete what is known too. */
function netOf(form: ArrayForm | undefined): Plain {
  if (form === undefined) return {};
  const [only, ...others] = form.axes;
  if (only !== undefined && others.length === 0) return only.periodic ? { periodic: true } : {};
  const periodic = form.axes.slice(-2).flatMap((axis, k) => (axis.periodic ? [k === 0 ? 'h' : 'w'] : []));
  return { known: true, ...(periodic.length > 0 && { periodic }) };
}

export const arrays = dataKind({
  ...floatArraySets,
  name: 'arrays',
  description: 'series [channels, length], fields and volumes [channels, height, width] of floats',
  unit: () => 'units of the channels',
  network: 'diffwave',
  networkOf: (grid) => (grid.length === 1 ? 'diffwave' : 'ddpmpp'),
  net: ({ form }) => netOf(form),
  sigmaData: 1,
  lowDimensional: false,
  conditional: true,
  train: { batch: 32, learningRate: 1e-3 },
  sampler: { sampler: 'heun', steps: 24 },
  recipe: {
    process: 'edm',
    net: (size, asked) => (size.length === 2 ? (images.recipe?.net(size, asked) ?? {}) : {}),
    // Levels around the deviation of the channels, which is 1.
    loss: { timesMean: -0.5, timesStd: 1.4 },
    train: { decay: 'cosine', warmup: 50 },
  },
  transformOk: isForm,
  compare: arrayReport,
  holes: arrayHoles,
  formats: [
    { ending: '.csv', write: linesOf },
    { ending: '.npy', write: npyOf },
  ],
  plot: arrayPlot,
  pictured: 24,
  snapshot: 24,
});
