import { expect, test } from 'vitest';
import { openCifar10, readCifar10 } from '../../../src/data/sets/cifar10.ts';
import { failure, put, temporaryFolder } from '../fixtures.ts';

/** Records with class `label` and pixel j of value (label + j) mod 256. */
function records(...labels: number[]): Uint8Array {
  return Uint8Array.from(
    labels.flatMap((label) => [label, ...Array.from({ length: 3072 }, (_, j) => (label + j) & 255)]),
  );
}

async function folderOf(files: Record<string, Uint8Array>): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await put(folder, `cifar-10-batches-bin/${name}`, bytes);
  return folder;
}

const sound = {
  'data_batch_1.bin': records(3, 1),
  'data_batch_2.bin': records(4),
  'data_batch_3.bin': records(0),
  'data_batch_4.bin': records(9),
  'data_batch_5.bin': records(2),
  'test_batch.bin': records(7),
};

test('reads the batches in their order, planes as they are', async () => {
  const folder = await folderOf(sound);
  const set = await openCifar10({ folder });
  expect(set).toMatchObject({ name: 'cifar10', count: 6, channels: 3, height: 32, width: 32, flips: true });
  expect([...set.labels!]).toEqual([3, 1, 4, 0, 9, 2]);
  expect([...set.pixels.subarray(3072, 3076)]).toEqual([1, 2, 3, 4]);
  expect(set.classNames?.[9]).toBe('truck');
  expect([...(await openCifar10({ folder, split: 'test' })).labels!]).toEqual([7]);
});

test('finds the set in the cache and where the system puts sets', async () => {
  const home = temporaryFolder();
  await put(home, 'cifar10/cifar-10-batches-bin/test_batch.bin', sound['test_batch.bin']);
  for (const place of ['cache', 'system']) {
    const elsewhere = { cache: temporaryFolder(), system: temporaryFolder(), [place]: home };
    expect(await openCifar10({ ...elsewhere, split: 'test' })).toMatchObject({ count: 1 });
  }
});

test('reports where it was looked for and how to get it', async () => {
  const { message } = await failure(openCifar10({ folder: '/a', cache: '/b', system: '/c' }));
  expect(message).toMatch(/^cifar10: not found in \/a, .*\/b\/cifar10, .*\/c\/cifar10, /);
  expect(message).toMatch(/download https:.*cifar-10-binary.tar.gz .* tar xzf cifar-10-binary.tar.gz -C \/b\/cifar10$/);
});

test('refuses batches that are cut off, empty, missing or of other data', async () => {
  const problem = async (bytes: Uint8Array): Promise<string> => {
    const folder = await folderOf({ ...sound, 'data_batch_3.bin': bytes });
    return (await failure(readCifar10(`${folder}/cifar-10-batches-bin`))).message;
  };
  expect(await problem(records(1).subarray(1))).toMatch(
    /data_batch_3.bin: expected records of 3073 bytes, found 3072 bytes/,
  );
  expect(await problem(new Uint8Array())).toMatch(/found 0 bytes/);
  expect(await problem(records(1, 10))).toMatch(/classes 0 to 9, found 10 at byte 3073/);
  const folder = await folderOf({ 'test_batch.bin': records(1) });
  expect((await failure(openCifar10({ folder }))).message).toMatch(
    /data_batch_1.bin: cannot be read: there is no such file/,
  );
});
