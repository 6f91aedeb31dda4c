/** @file Models in a Node process: the native engine, and files. */
import type { Device } from '../backend/device.ts';
import { nodeBackend, requireDevice } from '../backend/ort-node.ts';
import type { Backend } from '../backend/program.ts';
import { cacheOf } from '../data/places.ts';
import { writeAtomic } from '../io/atomic.ts';
import { svgToPng } from '../plot/svg-png.ts';
import type { Host } from '../model/host.ts';
import { readInception } from './extractors/nsfwjs.ts';
import { openRunData } from './run-data.ts';

/** Options of the engine. */
export interface EngineOptions {
  /**
   * Threads of the processor. Many samples, and the batches of a training on images, are divided into as many equal parts, each computed by one thread; else all
   * threads compute each operator together. Default 2.
   */
  readonly threads?: number | undefined;
  /** Where the engine computes. Default `cpu`. */
  readonly device?: Device | undefined;
}

/**
 * The native engine, which keeps prepared programs in the cache folder.
 * @throws UnsupportedError from `backend` if the device cannot be used.
 */
export function nodeHost({ threads = 2, device = 'cpu' }: EngineOptions = {}): Host {
  const engines = new Map<number, Promise<Backend>>();
  const make = async (workers: number, spinning = true): Promise<Backend> => {
    await requireDevice(device);
    return nodeBackend({ threads, device, workers, spinning, cache: cacheOf('programs', {}) });
  };
  const backend = (samples: number): Promise<Backend> => {
    const workers = Math.max(1, Math.min(threads, samples));
    const known = engines.get(workers);
    if (known !== undefined) return known;
    const made = make(workers);
    engines.set(workers, made);
    return made;
  };
  return {
    backend,
    // Threads that have updated the parameters would wait busily on the processors that the parts need.
    training: async () =>
      threads === 1 ? { backend: await backend(1) } : { backend: await make(1, false), parts: await backend(threads) },
    writeFile: (path, bytes) => {
      writeAtomic(path, bytes);
      return Promise.resolve();
    },
    rasterize: svgToPng,
    extractorFiles: { inception: () => Promise.resolve().then(() => readInception()) },
    trainingData: (model) => openRunData(model, 'train'),
  };
}
