/**
 * @file Prepared programs on disk: what ONNX Runtime makes of a graph, so that the next process need not make it again. A file is
 * named by everything that it depends on, is whole or absent, and may be deleted at any time. The folder may contain files of others,
 * which are left alone.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { renameSync, rmSync, utimesSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { topological, type Node } from '../graph/node.ts';
import { encodeModel } from './onnx/onnx-model.ts';
import { nativeRuntime } from './native.ts';
import type { Session, SessionCache } from './session.ts';
import type { Pass } from './passes.ts';

type SessionOptions = InferenceSession.SessionOptions;

/** Bytes of all programs of a folder, beyond which those that were not used for longest are deleted. */
const roomFor = 2 ** 28;

/** Milliseconds after which an unfinished file is taken for abandoned. */
const abandoned = 3_600_000;

/** Makes a session of a model or of the file of one, with options besides those that all sessions have. */
export type CreateWith = (model: Uint8Array | string, options: SessionOptions) => Promise<Session>;

/**
 * The programs of a folder, which is made when it is first written. A folder that cannot be written, a full disk or a damaged
 * file costs time and nothing else.
 */
export function programCache(folder: string, create: CreateWith, without: readonly Pass[]): SessionCache {
  const fileOf = (id: string): string => join(folder, `${id}.onnx`);
  return {
    idOf: (outputs) => fingerprint(outputs, without),
    load: async (id) => {
      const file = fileOf(id);
      if (!existsSync(file)) return undefined;
      try {
        const session = await create(file, { graphOptimizationLevel: 'disabled' });
        quietly(() => utimesSync(file, new Date(), new Date()));
        return session;
      } catch {
        quietly(() => rmSync(file));
        return undefined;
      }
    },
    make: async (id, model) => {
      const temporary = join(folder, `${id}.${randomUUID()}.tmp`);
      try {
        mkdirSync(folder, { recursive: true });
        const session = await create(model, { optimizedModelFilePath: temporary });
        quietly(() => {
          renameSync(temporary, fileOf(id));
          makeRoom(folder);
        });
        return session;
      } catch {
        return await create(model, {});
      } finally {
        quietly(() => rmSync(temporary, { force: true }));
      }
    },
  };
}

function quietly(what: () => void): void {
  try {
    what();
  } catch {
    // The program is there all the same.
  }
}

/** A program, which is named by its fingerprint, or an unfinished one. */
const ownName = /^[0-9a-f]{40}\.(onnx|[0-9a-f-]{36}\.tmp)$/;

/**
 * How programs begin and no other models do: with the name of scorefield and, unlike those that it exports, nothing about
 * themselves before the graph.
 */
const ownBeginning = encodeModel({ nodes: [], initializers: [], inputs: [], outputs: [] }).subarray(0, 15);

interface OwnFile {
  readonly path: string;
  readonly size: number;
  readonly used: number;
}

/** A file of the folder that a program cache has written, by its name and by how it begins. */
function ownFile(folder: string, name: string): OwnFile | undefined {
  if (!ownName.test(name)) return undefined;
  const path = join(folder, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return undefined;
  const begins = beginning(path);
  // Of an unfinished file less may be there, even nothing.
  const least = name.endsWith('.tmp') ? 0 : ownBeginning.length;
  if (begins === undefined || begins.length < least) return undefined;
  if (!begins.every((byte, i) => byte === ownBeginning[i])) return undefined;
  return { path, size: found.size, used: found.mtimeMs };
}

/** The first bytes of a file that can be read. */
function beginning(path: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = new Uint8Array(ownBeginning.length);
    return bytes.subarray(0, readSync(file, bytes));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function makeRoom(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => ownFile(folder, name) ?? []);
  files.sort((a, b) => b.used - a.used);
  const now = files[0]?.used ?? 0;
  let kept = 0;
  for (const { path, size, used } of files) {
    const unfinished = path.endsWith('.tmp');
    if (!unfinished) kept += size;
    if (unfinished ? now - used > abandoned : kept > roomFor) rmSync(path, { force: true });
  }
}

/** A name for the graph of the named outputs with its constants, the processor, ONNX Runtime and the way in which it is lowered. */
function fingerprint(outputs: Readonly<Record<string, Node>>, without: readonly Pass[]): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([nativeRuntime().env.versions, arch(), cpus()[0]?.model, without, loweringRevision()]));
  const order = topological(Object.values(outputs));
  const places = new Map(order.map((node, i) => [node, i]));
  const lines = order.map(({ kind, inputs, attrs, shape, layer }) => {
    const inputPlaces = inputs.map((input) => places.get(input));
    return JSON.stringify([kind, inputPlaces, attrs, shape, layer], (_, value: unknown) => {
      if (!ArrayBuffer.isView(value)) return value;
      hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return `${value.constructor.name} ${value.byteLength}`;
    });
  });
  const named = Object.entries(outputs).map(([name, node]) => [name, places.get(node)]);
  return hash.update(lines.join('\n')).update(JSON.stringify(named)).digest('hex').slice(0, 40);
}

/** The revision of `loweringRevision`, in the built package alone. */
declare const LOWERING_REVISION: string | undefined;

let revision: string | undefined = typeof LOWERING_REVISION === 'string' ? LOWERING_REVISION : undefined;

/** Changes with the code that lowers graphs: this file, its neighbor and the rules in `onnx`, of which the build takes the hash when it bundles them. */
function loweringRevision(): string {
  if (revision === undefined) {
    const hash = createHash('sha256');
    const ending = import.meta.url.slice(-3); // .ts, or .js where the sources are compiled one by one
    const here = ['ort', 'program-cache'].map((name) => name + ending);
    const rules = readdirSync(join(import.meta.dirname, 'onnx')).map((name) => join('onnx', name));
    for (const name of [...here, ...rules.sort()]) hash.update(readFileSync(join(import.meta.dirname, name)));
    revision = hash.digest('hex');
  }
  return revision;
}
