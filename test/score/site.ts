/** @file Losses in tests: where they are written, and what they draw. */
import type { Key } from '../../src/base/key.ts';
import type { Scope } from '../../src/nn/network.ts';
import type { Drawn, LossSite, Objective } from '../../src/score/objectives/objective.ts';

/** A site whose stopped and averaged parameters are the trained ones. */
export function siteOf(scope: Scope, batch: number): LossSite {
  return { scope, stopped: scope, average: scope, batch };
}

/** What an objective draws that waits for no other network. */
export function drawOf({ kind, draw }: Objective, x0: Float32Array, batch: number, key: Key): Drawn {
  const drawn = draw(x0, batch, key, 1);
  if (drawn instanceof Promise) throw new Error(`${kind} draws a promise`);
  return drawn;
}
