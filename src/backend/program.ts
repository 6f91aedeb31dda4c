/** @file What can run a graph. */
import { InternalError } from '../base/errors.ts';
import { isKind, topological, type Node } from '../graph/node.ts';

/** Float32 arrays by the names of a graph's inputs. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** A result that is left where it was computed, to be fed to programs of the same backend. */
export interface DeviceArray {
  /** The numbers, where they are in the memory of the process; undefined on a device, and of what was disposed of. */
  readonly array: Float32Array | undefined;
  /**
   * The numbers, row-major; those of a device are fetched.
   * @throws InternalError if it was disposed of.
   */
  read(): Promise<Float32Array>;
  /** Frees it, after the runs and reads that were asked for before; it may be done twice. */
  dispose(): Promise<void>;
}

/** What a program is fed, by the names of its inputs. */
export type Feeds = Readonly<Record<string, Float32Array | DeviceArray>>;

/** A compiled graph with outputs named K, and outputs named H that it leaves where they are. */
export interface Program<K extends string = string, H extends string = never> {
  /** Names of the inputs that it reads. */
  readonly inputs: readonly string[];
  /**
   * Runs the graph on row-major arrays and device arrays. The caller disposes of the device arrays that it gets.
   * @throws ShapeError if an input is missing or has another size than its node.
   * @throws InternalError if a device array was disposed of, or is on the device of another backend.
   */
  run(feeds: Feeds): Promise<Readonly<Record<K, Float32Array> & Record<H, DeviceArray>>>;
  /** Frees the memory of the program; it cannot run afterwards. */
  dispose(): Promise<void>;
}

/** A machine that compiles graphs. */
export interface Backend {
  /** The name that people read. */
  readonly name: string;
  /** How many runs compute side by side, 1 by default. */
  readonly workers?: number;
  /** Compiles the graph that computes the named outputs; those of `kept` stay on the device, if the backend can keep them there. */
  compile<K extends string, H extends string = never>(
    outputs: Readonly<Record<K, Node>>,
    kept?: Readonly<Record<H, Node>>,
  ): Promise<Program<K, H>>;
}

/** A `DeviceArray` in the memory of the process. */
export function hostArray(array: Float32Array): DeviceArray {
  let own: Float32Array | undefined = array;
  return {
    get array() {
      return own;
    },
    read: () => (own === undefined ? Promise.reject(disposedOf()) : Promise.resolve(own)),
    dispose: () => {
      own = undefined;
      return Promise.resolve();
    },
  };
}

/** The error of a value that is read after it was disposed of. */
export function disposedOf(): InternalError {
  return new InternalError('a value was read after it had been disposed of');
}

/**
 * The array that an input is fed, where it is in the memory of the process.
 * @throws InternalError if it is not.
 */
export function arrayOf(name: string, value: Float32Array | DeviceArray): Float32Array {
  const array = value instanceof Float32Array ? value : value.array;
  if (array === undefined)
    throw new InternalError(`input '${name}': its value was disposed of, or is on the device of another backend`);
  return array;
}

/**
 * The inputs that outputs need.
 * @throws InternalError if a name stands for two values.
 */
export function inputsOf(...outputs: readonly Readonly<Record<string, Node>>[]): Node<'input'>[] {
  const inputs = topological(outputs.flatMap((some) => Object.values(some))).filter((node) => isKind(node, 'input'));
  const taken = new Set<string>();
  for (const name of [...outputs.flatMap((some) => Object.keys(some)), ...inputs.map(({ attrs }) => attrs.name)]) {
    if (taken.has(name)) throw new InternalError(`the name '${name}' stands for two values`);
    taken.add(name);
  }
  return inputs;
}
