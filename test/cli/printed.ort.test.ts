/** @file Texts from files, of whatever field, reach the terminal without anything that it would act on. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { beforeAll, expect, it } from 'vitest';
import { formatNpy } from '../../src/data/arrays/npy.ts';
import { formatNpz } from '../../src/data/arrays/npz.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from '../../src/io/safetensors.ts';
import { newFolder } from '../io/folders.ts';
import { oneAfterAnother, scorefield, smallPoints } from './scorefield.ts';

/** Clears the screen, colors, renames the window, goes back to the begin of the line, and turns what follows around. */
const evil = 'a\u001b[2Jb\u001b[31mc\u001b]0;d\u0007e\rf\u009b5mg\u202eh\u0000i\u2028j';
/** The same for names of files, which hold no zero. */
const evilName = evil.replace('\u0000', '');
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** Of tables: dim, bold, and neither. */
const styles = /\u001b\[(?:1|2|22)m/g;

const cwd = newFolder();
const box = join(cwd, 'box');
const timeout = 60_000;

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(join(cwd, name, '..'), { recursive: true });
  writeFileSync(join(cwd, name), content);
}

const read = (file: string): Safetensors => decodeSafetensors(new Uint8Array(readFileSync(join(cwd, file))), file);

/** Every text of a JSON value, one after another, with the marks in it. */
function planted(value: unknown): unknown[] {
  if (typeof value === 'string') return [evil, `${value}${evil}`];
  if (Array.isArray(value))
    return value.flatMap((part: unknown, i) => planted(part).map((changed) => (value as unknown[]).with(i, changed)));
  if (typeof value !== 'object' || value === null) return [];
  return [
    ...Object.entries(value).flatMap(([name, part]) => planted(part).map((changed) => ({ ...value, [name]: changed }))),
    { ...value, [evil]: evil },
  ];
}

const model = join('box', 'small');
const modelFile = join(model, 'model.safetensors');
let sound: Safetensors;

beforeAll(async () => {
  const points = Float64Array.from({ length: 60 }, (_, i) => Math.sin(i));
  const labels = Uint8Array.from({ length: 30 }, (_, i) => i % 2);
  put('points.npz', formatNpz({ points: { shape: [30, 2], data: points }, labels: { shape: [30], data: labels } }));
  const train = ['train', 'points.npz', '--conditional', '--out', 'run', '--steps', '2', ...smallPoints];
  const calls = [
    [...train, '--set', 'train.sampleEvery=0'],
    ['pack', 'run', '--out', model, '--sampler', 'ddim', '--nfe', '3', '--threads', '1'],
  ];
  for (const { code, err } of await oneAfterAnother(calls, { cwd }))
    expect({ code, err }).toEqual({ code: 0, err: '' });
  sound = read(modelFile);
  process.env['SCOREFIELD_MODELS'] = box;
}, timeout);

async function expectClean(calls: readonly (readonly string[])[]): Promise<void> {
  const ended = await oneAfterAnother(calls, { cwd });
  for (const [i, { code, out, err }] of ended.entries()) {
    const shown = `${out}${err}`.replaceAll(styles, '');
    const found = control.exec(shown);
    expect(found === null ? '' : `${calls[i]?.join(' ')}: ${JSON.stringify(shown.slice(0, found.index + 20))}`).toBe(
      '',
    );
    expect(code, err).not.toBe(1);
  }
}

it('of a model: every text of its metadata', { timeout }, async () => {
  const calls: string[][] = [];
  const variants = Object.entries(sound.metadata).flatMap(([name, text]) => {
    const values: unknown[] = text.startsWith('{') || text.startsWith('[') ? planted(JSON.parse(text)) : [];
    return [evil, ...values.map((value) => JSON.stringify(value))].map((changed) => ({ [name]: changed }));
  });
  for (const [i, change] of variants.entries()) {
    const folder = join(`models-${i % 4}`, `m${i}`);
    const content = { ...sound, metadata: { ...sound.metadata, ...change } };
    put(join(folder, 'model.safetensors'), encodeSafetensors(content));
    calls.push(['info', folder], ['info', folder, '--json']);
    if (i % 3 === 0)
      calls.push(['sample', folder, '--class', 'none', '-n', '1'], ['sample', folder, '-n', '1', '--out', 'x.npz']);
  }
  expect(variants.length).toBeGreaterThan(40);
  await expectClean(calls);
});

it('of a card, a list of models, tensors and headers', { timeout }, async () => {
  const fingerprint = JSON.parse((await scorefield(['info', model, '--json'], { cwd })).out) as { card: unknown };
  expect(fingerprint.card).toBeNull();
  put(join(model, 'card.json'), JSON.stringify({ fingerprint: evil, headlines: { [evil]: evil } }));
  put(join('box', 'damaged', 'model.safetensors'), encodeSafetensors({ tensors: { [evil]: sound.tensors['ema']! }, metadata: sound.metadata })); // prettier-ignore
  put(join('box', 'nan', 'model.safetensors'), encodeSafetensors({ tensors: { ...sound.tensors, [evil]: { shape: [1], data: Float32Array.of(NaN) } }, metadata: sound.metadata })); // prettier-ignore
  const twice = Buffer.from(JSON.stringify({ [evil]: {} }).replace('}}', `},${JSON.stringify(evil)}:{}}`));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(twice.length));
  put(join('twice', 'model.safetensors'), Buffer.concat([length, twice]));
  put(join('cardless', 'model.safetensors'), encodeSafetensors(sound));
  put(join('cardless', 'card.json'), `{"${evil}`);
  await expectClean([
    ['models'],
    ['models', '--json'],
    ['info', model],
    ['info', join('box', 'damaged')],
    ['info', join('box', 'nan')],
    ['info', 'twice'],
    ['info', 'cardless'],
  ]);
});

it('of a run: its configuration, its environment, its metrics, its lock and its checkpoint', { timeout }, async () => {
  const files = ['config.json', 'env.json', 'metrics.jsonl', join('checkpoints', '00000002.safetensors')];
  const content = Object.fromEntries(files.map((name) => [name, new Uint8Array(readFileSync(join(cwd, 'run', name)))]));
  const copies: string[] = [];
  const copy = (changes: Readonly<Record<string, Uint8Array | string>>): void => {
    const name = `copy${copies.length}`;
    for (const [file, bytes] of Object.entries({ ...content, ...changes })) put(join(name, file), bytes);
    copies.push(name);
  };
  for (const name of ['config.json', 'env.json']) {
    const values = planted(JSON.parse(new TextDecoder().decode(content[name])));
    for (const value of values) copy({ [name]: JSON.stringify(value) });
    copy({ [name]: `{"${evil}` });
  }
  copy({ 'metrics.jsonl': `{"step":1,"${JSON.stringify(evil).slice(1, -1)}":1,"seconds":${JSON.stringify(evil)}}\n` });
  copy({ 'metrics.jsonl': `${evil}\n{"step":2}\n` });
  const checkpoint = decodeSafetensors(content[files[3]!]!, 'f');
  for (const name of Object.keys(checkpoint.metadata))
    copy({ [files[3]!]: encodeSafetensors({ ...checkpoint, metadata: { ...checkpoint.metadata, [name]: evil } }) });
  copy({ 'run.lock': JSON.stringify({ host: evil, pid: evil }) });
  const calls = copies.flatMap((name) => [
    ['info', name],
    ['train', 'points.npz', '--resume', '--out', name, '--steps', '2', '--threads', '1'],
  ]);
  await expectClean(calls);
});

it('of data, of configurations and of the command line', { timeout }, async () => {
  const array = formatNpy({ shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) });
  put('header.npy', Buffer.from(array).fill(evil.slice(0, 14), 30, 44));
  put('names.npz', formatNpz({ [evilName]: { shape: [2], data: Float64Array.of(1, 2) }, [`${evilName}2`]: { shape: [2], data: Float64Array.of(1, 2) } })); // prettier-ignore
  const picture = encode({ width: 4, height: 4, channels: 1, data: new Uint8Array(16), depth: 8 });
  for (const name of [evilName, 'other'])
    for (const i of [0, 1]) put(join('folder', name, `${evilName}${i}.png`), picture);
  put(join('broken', `${evilName}.png`), 'none');
  put('cut.yaml', `train: {batch: [1, "${evil}\n`);
  put('keys.yaml', `? ${JSON.stringify(evil)}\n: 1\nnet: ${JSON.stringify(evil)}\n`);
  put('tag.yaml', `train: !${evilName} 3\nsde: !!foo {}\n`);
  put('alias.yaml', `train: *${evilName}\n`);
  put(
    'kind.json',
    JSON.stringify({ sde: { kind: evil }, train: { batch: evil, [evil]: evil }, data: { group: evil } }),
  );
  appendFileSync(join(cwd, 'points.txt'), evil);
  await expectClean([
    ...['header.npy', 'names.npz', 'folder', 'broken', 'points.txt', evilName].map((name) => ['info', name]),
    ['info', 'folder', '--json'],
    ['data', 'folder', '--out', 'folder.png'],
    ...['cut.yaml', 'keys.yaml', 'tag.yaml', 'alias.yaml', 'kind.json'].map((name) => [
      'train',
      'points.npz',
      '--config',
      name,
    ]),
    ['train', 'points.npz', '--set', `train.batch=${evilName}`],
    ['train', 'points.npz', '--set', evilName],
    ['train', 'points.npz', '--net', evilName],
    ['train', 'points.npz', `--${evilName}`],
    ['train', 'points.npz', '--steps', evilName],
    [evilName],
    ['train', evilName],
    ['sample', evilName],
    ['sample', model, '--sampler', evilName],
    ['sample', model, '--class', evilName],
    ['sample', model, '--out', evilName],
    ['figure', evilName],
    ['evaluate', model, '--extractor', evilName],
    ['restore', model, '--task', evilName],
  ]);
});
