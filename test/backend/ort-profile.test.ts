import { describe, expect, it } from 'vitest';
import { typicalRun } from '../../src/backend/ort-profile.ts';

interface Call {
  readonly name: string;
  readonly op: string;
  readonly us: number;
  readonly inputs?: readonly (readonly number[])[];
  readonly output?: readonly number[];
}

/** A profile of runs that follow one another. */
function profileOf(runs: readonly (readonly Call[])[]): string {
  let ts = 0;
  const events: object[] = [{ cat: 'Session', name: 'session_initialization', ts: 0, dur: 5, args: {} }];
  for (const calls of runs) {
    const dur = calls.reduce((sum, { us }) => sum + us, 10);
    const run = { cat: 'Session', name: 'model_run', ts, dur, args: {} };
    ts += 5;
    for (const [i, { name, op, us, inputs = [], output = [] }] of calls.entries()) {
      const args = {
        op_name: op,
        node_index: String(i),
        input_type_shape: inputs.map((float) => ({ float })),
        output_type_shape: [{ float: output }],
      };
      events.push({ cat: 'Node', name: `${name}_fence_before`, ts, dur: 1, args: { op_name: op } });
      events.push({ cat: 'Node', name: `${name}_kernel_time`, ts, dur: us, args });
      ts += us;
    }
    ts += 100;
    events.push(run); // ONNX Runtime writes a run down when it has ended
  }
  return JSON.stringify(events);
}

const only = (call: Omit<Call, 'name' | 'us'>): number | undefined =>
  typicalRun(profileOf([[{ name: 'a#1', us: 1, ...call }]]), 1)?.operators[0]?.flops;

describe('a typical run', () => {
  const run = (first: number, second: number): Call[] => [
    { name: 'norm.0#3', op: 'AveragePool', us: first },
    { name: '.norm.0#4.0_nchwc', op: 'AveragePool', us: second },
    { name: "conv.0'#5/Fusion/", op: 'Mul', us: 125 },
    { name: 'ReorderInput', op: 'ReorderInput', us: 250 },
    { name: 'ReorderInput', op: 'ReorderInput', us: 500 },
  ];

  it('has the median time of each call, by operator and layer, without the first runs', () => {
    const text = profileOf([run(9000, 9000), run(250, 375), run(500, 4000), run(2000, 750)]);
    expect(typicalRun(text, 3)).toEqual({
      ms: (2000 + 750 + 875 + 10) / 1000,
      operators: [
        { op: 'AveragePool', layer: 'norm.0', calls: 2, ms: 0.5 + 0.75, flops: 0 },
        { op: 'Mul', layer: "conv.0'", calls: 1, ms: 0.125, flops: 0 },
        { op: 'ReorderInput', layer: undefined, calls: 2, ms: 0.75, flops: 0 },
      ],
    });
  });

  it('is none of a profile with fewer runs', () => {
    expect(typicalRun(profileOf([run(1, 1)]), 2)).toBeUndefined();
    expect(typicalRun(profileOf([]), 1)).toBeUndefined();
  });
});

describe('floating-point operations', () => {
  it('are two for each product of a convolution', () => {
    // Each of 2 x 4 x 5 x 5 outputs sums 3 x 3 x 3 products.
    const conv = { inputs: [[2, 3, 5, 5], [4, 3, 3, 3]], output: [2, 4, 5, 5] }; // prettier-ignore
    expect(only({ op: 'Conv', ...conv })).toBe(2 * 200 * 27);
    // Each of 2 x 4 x 5 x 5 inputs is spread over 3 channels of 3 x 3 pixels.
    const transposed = { inputs: [[2, 4, 5, 5], [4, 3, 3, 3]], output: [2, 3, 7, 7] }; // prettier-ignore
    expect(only({ op: 'ConvTranspose', ...transposed })).toBe(2 * 200 * 27);
  });

  it('are two for each product of matrices, whichever is transposed', () => {
    expect(only({ op: 'Gemm', inputs: [[5, 7], [7, 3]], output: [5, 3] })).toBe(2 * 5 * 7 * 3); // prettier-ignore
    expect(only({ op: 'Gemm', inputs: [[7, 5], [3, 7]], output: [5, 3] })).toBe(2 * 5 * 7 * 3); // prettier-ignore
    expect(only({ op: 'FusedMatMul', inputs: [[2, 5, 7], [2, 3, 7]], output: [2, 5, 3] })).toBe(2 * 2 * 5 * 7 * 3); // prettier-ignore
  });

  it('of other operators are not counted', () => {
    expect(only({ op: 'Add', inputs: [[5, 7], [5, 7]], output: [5, 7] })).toBe(0); // prettier-ignore
  });
});
