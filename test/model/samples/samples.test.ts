import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tensor } from '../../../src/base/tensor.ts';
import { parseNpz } from '../../../src/data/arrays/npz.ts';
import { centered, type Scaler } from '../../../src/data/scaler.ts';
import { samplesOf } from '../../../src/model/samples/samples.ts';
import { nodeHost } from '../../../src/node/host.ts';
import type { DataSummary } from '../../../src/run/data-summary.ts';
import { newFolder } from '../../io/folders.ts';

const cwd = newFolder();

async function written(scaler: Scaler, channels: 1 | 3, values: readonly number[]): Promise<ReturnType<typeof read>> {
  const data: DataSummary = { kind: 'images', shape: [channels, 1, 2], scaler, fingerprint: '' };
  const file = join(cwd, 'samples.npz');
  const count = values.length / (2 * channels);
  const x = tensor(values, [count, channels, 1, 2]);
  const status = new Array<'ok'>(count).fill('ok');
  await samplesOf({ host: nodeHost(), data, name: 'data' }, { x, evaluations: [], status }).save(file);
  return read(file);
}
function read(file: string): { shape: readonly number[]; data: ArrayLike<number> } {
  return parseNpz(readFileSync(file), file).get('samples')!;
}

it('samples of floats are float32 in the range of the data, with channels last; of bytes they are bytes', async () => {
  const floats: Scaler = { kind: 'centered', factor: 200, shift: [0.005], range: [0, 0.01] };
  expect(await written(floats, 1, [-1, 0, 1, 1.5])).toEqual({
    shape: [2, 1, 2],
    data: Float32Array.of(0, 0.005, 0.01, 0.01),
  });
  const color = await written(floats, 3, [-1, 1, 0, 0, 1, -1]);
  expect(color).toEqual({ shape: [1, 1, 2, 3], data: Float32Array.of(0, 0.005, 0.01, 0.01, 0.005, 0) });
  expect((await written(centered, 1, [-1, 0])).data).toEqual(Uint8Array.of(0, 128));
});
