/** @file The restoration `inpaint`, by its name. */
import * as v from 'valibot';
import { map } from '../../base/arith.ts';
import { zeros, type Shape, type Tensor } from '../../base/tensor.ts';
import { mask as maskOperator } from '../../inverse/operator/sensing/mask.ts';
import { maskOf } from './task-operators.ts';
import { withDefault } from '../option.ts';
import { restoration } from './restoration.ts';

const mask = v.custom<Tensor | string>(() => true);

export const inpaintRestoration = restoration({
  name: 'inpaint',
  description: 'some pixels are hidden',
  options: {
    mask: withDefault(
      mask,
      'box',
      'known pixels: box, half, random:P, which hides a share P, or a picture that is white where pixels are known',
    ),
  },
  counts: true,
  build: (shape, { mask: known }, key) => {
    const plane = maskOf(known, shape, key);
    const operator = maskOperator(shape, plane);
    const hidden = map(operator.adjoint(operator.apply(ones([1, ...shape]))), (value) => 1 - value).data;
    // Hidden pixels are gray, which unlike black is no color of the background.
    const picture = (y: Tensor): Tensor =>
      map(operator.adjoint(y), (value, i) => value + 0.5 * (hidden[i % hidden.length] ?? 0));
    return {
      operator,
      classical: { name: 'zero filling', inverse: (y) => operator.adjoint(y) },
      ...{ picture, start: picture },
      fromPicture: { shape, read: (x) => operator.apply(x) },
    };
  },
});

function ones(shape: Shape): Tensor {
  return map(zeros(shape), () => 1);
}
