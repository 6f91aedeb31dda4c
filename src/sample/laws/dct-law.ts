/** @file The Gaussian law with the mean of data and the variance of each of their cosine coefficients. */
import { dct, inverseDct } from '../../base/dct.ts';
import { normalBatch } from '../../base/random.ts';
import { tensor, type Tensor } from '../../base/tensor.ts';
import { centered, type DataLaw } from './data-law.ts';

/**
 * The Gaussian whose coefficients under the discrete cosine transform along every axis are independent, with the mean and the variances of those
 * of samples: two numbers for each dimension. Neighboring pixels are as alike as in the data, wherever they are.
 * @param x - `[n, …]`, in the units of the model
 */
export function dctLaw(x: Tensor): DataLaw {
  const shape = x.shape.slice(1);
  const { mean, rows, n, size } = centered(x);
  const coefficients = dct(tensor(rows, x.shape));
  const std = new Float64Array(size);
  for (let k = 0; k < coefficients.data.length; k++) std[k % size]! += coefficients.data[k]! ** 2 / n;
  for (let j = 0; j < size; j++) std[j] = Math.sqrt(std[j]!);
  return {
    kind: 'dct',
    shape,
    draw: (keys) => {
      const z = normalBatch(keys, shape);
      const drawn = inverseDct({ shape: z.shape, data: z.data.map((value, k) => std[k % size]! * value) });
      return { shape: z.shape, data: drawn.data.map((value, k) => mean[k % size]! + value) };
    },
  };
}
