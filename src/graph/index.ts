/** @file Static graphs with derivatives, as one namespace. */
export * from './build.ts';
export { evaluate } from './evaluate.ts';
export { jvp } from './jvp.ts';
export { graph as empty, makeNode, type Graph, type Node } from './node.ts';
export type { OpAttrs, OpKind } from './op.ts';
export { printGraph as print } from './print.ts';
export { gradient, vjp } from './vjp.ts';
