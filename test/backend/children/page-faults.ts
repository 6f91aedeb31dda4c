/** @file Runs a program whose result has 4 MB again and again, and prints the page faults of a run when all have settled. */
import { nodeBackend } from '../../../src/backend/ort-node.ts';
import { input, mul } from '../../../src/graph/build.ts';
import { graph } from '../../../src/graph/node.ts';

const size = 2 ** 20;
const x = input(graph(), 'x', [size]);
const program = await nodeBackend({ threads: 1 }).compile({ y: mul(x, 2) });
const feeds = { x: new Float32Array(size) };
const runs = 100;
for (let i = 0; i < runs; i++) await program.run(feeds);
const before = process.resourceUsage().minorPageFault;
for (let i = 0; i < runs; i++) await program.run(feeds);
console.log((process.resourceUsage().minorPageFault - before) / runs);
