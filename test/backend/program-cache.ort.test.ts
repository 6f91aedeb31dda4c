/** @file Prepared programs on disk: they compute the same bits, and nothing that happens to their folder is in the way. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/backend/onnx/onnx-model.ts';
import { lower } from '../../src/backend/onnx/onnx-rules.ts';
import { nodeBackend } from '../../src/backend/ort-node.ts';
import type { Pass } from '../../src/backend/passes.ts';
import { key } from '../../src/base/key.ts';
import { normal } from '../../src/base/random.ts';
import { constant, conv, input, silu } from '../../src/graph/build.ts';
import { graph, type Node } from '../../src/graph/node.ts';
import { newFolder } from '../io/folders.ts';
import { unix } from '../platform.ts';

const x = Float32Array.from(normal(key(0), 32 * 25));
const kernel = Float32Array.from(normal(key(1), 32 * 32 * 9));

function outputsOf(weights: Float32Array = kernel, name = 'y'): Readonly<Record<string, Node>> {
  const g = graph();
  const image = input(g, 'x', [1, 32, 5, 5]);
  return { [name]: silu(conv(image, { kernel: constant(g, weights, [32, 32, 3, 3]) }, { stride: 1, pad: 1 })) };
}

async function result(
  cache: string | undefined,
  outputs: Readonly<Record<string, Node>> = outputsOf(),
  without: readonly Pass[] = [],
): Promise<Float32Array> {
  const program = await nodeBackend({ threads: 1, cache, without }).compile(outputs);
  const [found] = Object.values(await program.run({ x }));
  await program.dispose();
  return found!;
}

const about = { version: '1', text: 'a score', properties: {} };
const expected = await result(undefined);
const unlike = (folder: string): string[] => readdirSync(folder).filter((name) => !/^[0-9a-f]{40}\.onnx$/.test(name));

describe('a cache of programs', () => {
  it('gives the same bits as without it, the first time and from the disk', async () => {
    const cache = join(newFolder(), 'made');
    expect(await result(cache)).toEqual(expected);
    const [file = ''] = readdirSync(cache);
    const { ino } = statSync(join(cache, file));
    expect(await result(cache)).toEqual(expected);
    expect(readdirSync(cache)).toEqual([file]);
    expect(statSync(join(cache, file)).ino).toBe(ino); // it was not made again
  });

  it('distinguishes programs by constants, names, passes and derivatives of the graph', async () => {
    const cache = newFolder();
    const other = Float32Array.from(kernel, (v) => v + 1);
    await result(cache);
    const changed = await result(cache, outputsOf(other));
    expect(changed).not.toEqual(expected);
    expect(changed).toEqual(await result(undefined, outputsOf(other)));
    expect(await result(cache, outputsOf(kernel, 'z'))).toEqual(expected);
    await result(cache, outputsOf(), ['blocks']);
    expect(readdirSync(cache)).toHaveLength(4);
    expect(unlike(cache)).toEqual([]);
  });

  it.each([
    ['cut', (file: string) => truncateSync(file, 1000)],
    ['empty', (file: string) => truncateSync(file, 0)],
    ['not a model', (file: string) => writeFileSync(file, 'a text')],
  ])('makes a program anew whose file is %s', async (_, damage) => {
    const cache = newFolder();
    await result(cache);
    const file = join(cache, readdirSync(cache)[0] ?? '');
    const whole = readFileSync(file);
    damage(file);
    expect(await result(cache)).toEqual(expected);
    expect(readFileSync(file).equals(whole)).toBe(true);
  });

  it('is done without where its folder cannot be made or written', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect(await result(file)).toEqual(expected);
    expect(await result(join(file, 'below'))).toEqual(expected);
    const closed = newFolder();
    chmodSync(closed, 0o500);
    expect(await result(closed)).toEqual(expected);
  });

  /** Writes a file of so many bytes that was used so many milliseconds ago. */
  function put(path: string, size: number, { age, begins }: { age: number; begins: Uint8Array | string }): void {
    writeFileSync(path, begins);
    truncateSync(path, size);
    utimesSync(path, new Date(), new Date(Date.now() - age));
  }

  const program = lower(outputsOf());
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';
  const hex = (digit: string): string => digit.repeat(40);

  it('drops what was not used for longest, and what a killed process has left, but not what another one writes now', async () => {
    const cache = newFolder();
    const [old, older] = [`${hex('a')}.onnx`, `${hex('b')}.onnx`];
    put(join(cache, old), 2 ** 27, { age: 10_000, begins: program });
    put(join(cache, older), 2 ** 27, { age: 20_000, begins: program });
    put(join(cache, `${hex('c')}.${uuid}.tmp`), 10, { age: 2 * 3_600_000, begins: program });
    put(join(cache, `${hex('d')}.${uuid}.tmp`), 0, { age: 2 * 3_600_000, begins: '' });
    put(join(cache, `${hex('e')}.${uuid}.tmp`), 10, { age: 1000, begins: program });
    await result(cache);
    const left = readdirSync(cache);
    expect(left).toHaveLength(3);
    expect(left).toContain(old);
    expect(left).toContain(`${hex('e')}.${uuid}.tmp`);
  });

  it('leaves alone what others have put into its folder, whatever its name', async () => {
    const cache = newFolder();
    const elsewhere = join(newFolder(), 'model.onnx');
    const age = 3 * 3_600_000;
    put(elsewhere, 1000, { age, begins: program });
    if (unix) symlinkSync(elsewhere, join(cache, `${hex('1')}.onnx`));
    mkdirSync(join(cache, `${hex('2')}.onnx`));
    const exported = encodeModel({ nodes: [], initializers: [], inputs: [], outputs: [], about });
    const foreign: readonly (readonly [name: string, begins: Uint8Array | string])[] = [
      ['photograph.png', 'PNG'],
      ['left.1.tmp', program],
      [`${hex('3')}.onnx`, '\x08\x08\x12\x07pytorch'],
      [`${hex('4')}.onnx`, exported],
      [`${hex('5')}.onnx`, ''],
      [`${hex('A')}.onnx`, program],
      [`${hex('6')}0.onnx`, program],
      [`${hex('7')}.onnx.bak`, program],
      [`${hex('8')}.tmp`, program],
      [`${hex('9')}.${uuid}.tmp`, 'a text'],
    ];
    for (const [name, begins] of foreign) put(join(cache, name), 1000, { age, begins });
    const before = readdirSync(cache);
    put(join(cache, `${hex('f')}.onnx`), 2 ** 28, { age: 10_000, begins: program });
    await result(cache);
    const left = readdirSync(cache);
    expect(left).toEqual(expect.arrayContaining(before));
    expect(left).toHaveLength(before.length + 1); // the new program, in the place of the one that was too much
    expect(left).not.toContain(`${hex('f')}.onnx`);
    expect(existsSync(elsewhere)).toBe(true);
  });

  it('leaves no unfinished file where a folder has the place of the program', async () => {
    const cache = newFolder();
    await result(cache);
    const [name = ''] = readdirSync(cache);
    rmSync(join(cache, name));
    mkdirSync(join(cache, name));
    expect(await result(cache)).toEqual(expected);
    expect(readdirSync(cache)).toEqual([name]);
  });
});
