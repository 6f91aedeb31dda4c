/**
 * @file Linear operators from their parts: checked shapes, and the closed forms that a singular value decomposition
 * gives.
 */
import { combine, type PerSample } from '../../base/arith.ts';
import { checkOptions } from '../../base/check.ts';
import { ShapeError } from '../../base/errors.ts';
import { batchOf, expectShape, sizeOf, type Shape, type Tensor } from '../../base/tensor.ts';
import type { LinearOperator, SingularSystem } from './operator.ts';

/** What an operator's author writes; the rest follows. */
export type LinearParts = Omit<LinearOperator, 'linear' | 'vjp'>;

/**
 * A linear operator from its parts. Every function checks its argument's shape; `pseudoInverse` and `normalInverse`
 * follow from `svd` where they are not given: A+ y = V S^-1 U'y, (A A' + lambda I)^-1 y = U (S^2 + lambda)^-1 U'y + (y -
 * U U'y) / lambda.
 */
export function linearOperator({ kind, shapeIn, shapeOut, ...parts }: LinearParts): LinearOperator {
  const sample = checkedMap(`${kind}: x`, shapeIn);
  const measured = checkedMap(`${kind}: y`, shapeOut);
  const adjoint = measured(parts.adjoint);
  const svd = parts.svd && checkedSystem(parts.svd, { kind, shapeIn, shapeOut });
  const pseudoInverse = parts.pseudoInverse ?? (svd && ((y: Tensor) => pseudoInverseBy(svd, sizeOf(shapeIn), y)));
  const normalInverse =
    parts.normalInverse ?? (svd && ((y: Tensor, lambda: PerSample) => normalBy(svd, sizeOf(shapeIn), y, lambda)));
  return {
    linear: true,
    kind,
    shapeIn,
    shapeOut,
    apply: sample(parts.apply),
    adjoint,
    vjp(x, w) {
      expectShape(x, [batchOf(w), ...shapeIn], `${kind}: x`);
      return adjoint(w);
    },
    ...(svd && { svd }),
    ...(pseudoInverse && { pseudoInverse: measured(pseudoInverse) }),
    ...(normalInverse && {
      normalInverse(y: Tensor, lambda: PerSample) {
        expectShape(y, [undefined, ...shapeOut], `${kind}: y`);
        checkLambda(lambda, batchOf(y));
        return normalInverse(y, lambda);
      },
    }),
  };
}

/**
 * Checks the lambda of (A A' + lambda I)^-1.
 * @throws ShapeError if there is not one per sample; ConfigError if one is negative.
 */
export function checkLambda(lambda: PerSample, batch: number): void {
  const values = typeof lambda === 'number' ? [lambda] : Array.from(lambda);
  if (typeof lambda !== 'number' && values.length !== batch)
    throw new ShapeError(`lambda: expected ${batch} numbers, one per sample, got ${values.length}`);
  const bad = values.find((value) => !(value >= 0 && value < Infinity));
  checkOptions([bad === undefined, 'lambda', `expected numbers of at least 0, got ${bad}`]);
}

type TensorMap = (x: Tensor) => Tensor;

/** Wraps a function of a batch `[B, ...shape]` so that any other shape is refused. */
function checkedMap(name: string, shape: Shape): (f: TensorMap) => TensorMap {
  return (f) => (x) => {
    expectShape(x, [undefined, ...shape], name);
    return f(x);
  };
}

function checkedSystem(
  { singularValues, vt, v, ut, u }: SingularSystem,
  { kind, shapeIn, shapeOut }: Pick<LinearOperator, 'kind' | 'shapeIn' | 'shapeOut'>,
): SingularSystem {
  const coordinates = (n: number): ((f: TensorMap) => TensorMap) => checkedMap(`${kind}: coordinates`, [n]);
  return {
    singularValues,
    vt: checkedMap(`${kind}: x`, shapeIn)(vt),
    v: coordinates(sizeOf(shapeIn))(v),
    ut: checkedMap(`${kind}: y`, shapeOut)(ut),
    u: coordinates(singularValues.length)(u),
  };
}

/** Below this a singular value is zero up to rounding: n machine epsilons of the largest. */
function leastOf({ singularValues }: SingularSystem, n: number): number {
  return n * Number.EPSILON * singularValues.reduce((a, b) => Math.max(a, b), 0);
}

/** How many singular values of an operator on samples of size n are not zero. */
export function rankOf(svd: SingularSystem, n: number): number {
  const least = leastOf(svd, n);
  return svd.singularValues.filter((s) => s > least).length;
}

function pseudoInverseBy(svd: SingularSystem, n: number, y: Tensor): Tensor {
  const { singularValues: s, ut, v } = svd;
  const least = leastOf(svd, n);
  return v(
    padded(
      timesEach(ut(y), (i) => (s[i]! > least ? 1 / s[i]! : 0)),
      n,
    ),
  );
}

function normalBy(svd: SingularSystem, n: number, y: Tensor, lambda: PerSample): Tensor {
  const { singularValues: s, ut, u } = svd;
  const least = leastOf(svd, n) ** 2;
  const c = ut(y);
  const lambdas = typeof lambda === 'number' ? new Float64Array(batchOf(y)).fill(lambda) : lambda;
  const inside = u(
    timesEach(c, (i, b) => {
      const value = s[i]! ** 2 + lambdas[b]!;
      return value > least ? 1 / value : 0;
    }),
  );
  if (c.data.length === y.data.length) return inside;
  const outside = combine([1, y], [-1, u(c)]); // what no x can measure
  const rest = Array.from(lambdas, (l) => (l > 0 ? 1 / l : 0));
  return combine([1, inside], [rest, outside]);
}

/** Coordinates `[B, r]` times a factor each. */
function timesEach(c: Tensor, factor: (i: number, sample: number) => number): Tensor {
  const r = sizeOf(c.shape.slice(1));
  return { shape: c.shape, data: c.data.map((value, at) => value * factor(at % r, Math.floor(at / r))) };
}

/** Coordinates `[B, r]` filled up with zeros, or cut, to `[B, n]`. */
function padded(c: Tensor, n: number): Tensor {
  const [batch = 0, r = 0] = c.shape;
  const data = new Float64Array(batch * n);
  for (let b = 0; b < batch; b++) data.set(c.data.subarray(b * r, b * r + Math.min(n, r)), b * n);
  return { shape: [batch, n], data };
}
