/** @file Students of a guided teacher: what they learn is what a teacher that needs no guidance would tell them. */
import { expect, it } from 'vitest';
import { key } from '../../../src/base/key.ts';
import { add, constant, matmul, mul } from '../../../src/graph/build.ts';
import { evaluate } from '../../../src/graph/evaluate.ts';
import { graph } from '../../../src/graph/node.ts';
import { constantScope, network, type Network } from '../../../src/nn/network.ts';
import { consistency } from '../../../src/score/distillation/consistency.ts';
import { neighboringPairs } from '../../../src/score/distillation/consistency-pairs.ts';
import { progressiveDistillation } from '../../../src/score/distillation/progressive.ts';
import type { FrozenScore } from '../../../src/score/objectives/frozen-score.ts';
import type { Objective } from '../../../src/score/objectives/objective.ts';
import { edmParametrization } from '../../../src/sde/learning/parametrization.ts';
import { edm } from '../../../src/sde/processes/edm.ts';
import { siteOf } from '../site.ts';

const sde = edm();
const process = { sde, parametrization: edmParametrization()(sde) };
const empty = { trained: new Float32Array(), fixed: new Float32Array() };
const batch = 6;

/** F = x / 3 + m_c: linear in the rows of classes, so that guiding by w is a shift w m_c. */
const shifting = (shifts: readonly number[]): Network =>
  network(
    'shifting',
    [1],
    (_, x, _label, given) => {
      const shift = matmul(given!, constant(x.graph, Float64Array.from(shifts), [2, 1]));
      return add(mul(x, 1 / 3), shift);
    },
    { classes: 2 },
  );
const student = shifting([0, 0]);
const shifts = [0.7, -1.1];
const teacherOf = (scale: number, guidance?: number): FrozenScore => ({
  ...{ net: shifting(shifts.map((m) => scale * m)), params: empty, process },
  ...(guidance !== undefined && { guidance }),
});

const followers: Readonly<Record<string, (teacher: FrozenScore) => Objective>> = {
  progressive: (teacher) => progressiveDistillation(process, { teacher, steps: 3 }),
  'consistency by ddim': (teacher) => consistencyOf(teacher, 'ddim'),
  'consistency by heun': (teacher) => consistencyOf(teacher, 'heun'),
};

function consistencyOf(teacher: FrozenScore, solver: 'ddim' | 'heun'): Objective {
  return consistency(process, { teacher, solver, pairs: neighboringPairs(sde, { levels: () => 8 }) });
}

/** The losses of samples of class 0, class 1 and none, in turn. */
function lossesOf(objective: Objective): Float64Array {
  const drawn = objective.draw(new Float32Array(batch).fill(0.4), batch, key(5), 1);
  if (drawn instanceof Promise) throw new Error('a promise');
  const owner = graph();
  const kinds = [[1, 0], [0, 1], [0, 0]]; // prettier-ignore
  const rows = Float64Array.from(Array.from({ length: batch }, (_, i) => kinds[i % 3]!).flat());
  const classes = constant(owner, rows, [batch, 2]);
  const { losses } = objective.write(owner, student, {
    ...siteOf(constantScope(student, empty, owner), batch),
    classes,
  });
  return evaluate([losses], drawn.feeds)[0]!;
}

it.each(Object.entries(followers))('%s follows the estimates that guidance makes of a teacher', (_, of) => {
  const guided = lossesOf(of(teacherOf(1, 2.5)));
  const shifted = lossesOf(of(teacherOf(2.5)));
  const plain = lossesOf(of(teacherOf(1)));
  expect(Math.max(...guided.map((loss, i) => Math.abs(loss - plain[i]!)))).toBeGreaterThan(0.01);
  guided.forEach((loss, i) => {
    // Feeds are float32, the graph float64: both are the same sums.
    expect(Math.abs(loss - shifted[i]!)).toBeLessThan(1e-9 * Math.max(1, shifted[i]!));
    if (i % 3 === 2) expect(loss).toBe(plain[i]!);
  });
});

it('a scale of 1 asks the teacher once', () => {
  const nodesOf = (guidance?: number): number => {
    let calls = 0;
    const { net, ...rest } = teacherOf(1, guidance);
    const counted = { ...net, forward: (...input: Parameters<Network['forward']>) => (calls++, net.forward(...input)) };
    lossesOf(progressiveDistillation(process, { teacher: { ...rest, net: counted }, steps: 2 }));
    return calls;
  };
  expect([nodesOf(), nodesOf(1), nodesOf(2)]).toEqual([2, 2, 4]);
});
