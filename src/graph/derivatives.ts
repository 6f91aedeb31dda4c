/** @file The derivative of each elementwise function as a graph, shared by the forward and the reverse rules. */
import { add, cos, div, mul, neg, sigmoid, sin, sub } from './build.ts';
import type { Node } from './node.ts';

/** dy/dx from x and y = f(x), in forms that stay finite and exact for arguments of any size. */
export const derivatives = {
  neg: () => -1,
  exp: (_x, y) => y,
  log: (x) => div(1, x),
  sqrt: (_x, y) => div(0.5, y),
  sin: (x) => cos(x),
  cos: (x) => neg(sin(x)),
  tanh: (_x, y) => sub(1, mul(y, y)),
  sigmoid: (_x, y) => mul(y, sub(1, y)),
  silu: (x, y) => {
    const s = sigmoid(x);
    return add(s, mul(y, sub(1, s)));
  },
} as const satisfies Record<string, (x: Node, y: Node) => Node | number>;
