/** @file The pictures of a bridge in its folder. */
import { join } from 'node:path';
import { foldIn, key } from '../../base/key.ts';
import type { Tensor } from '../../base/tensor.ts';
import { writeAtomic } from '../../io/atomic.ts';
import { pathsShown, picturedPaths, plottedPaths, type WatchedPaths } from '../../model/bridge/path-picture.ts';
import { svgToPng } from '../../plot/svg-png.ts';
import { directionFolder, directions, readBridge } from '../../run/folder/bridge.ts';
import { openDataSet } from '../../run/data-sets.ts';
import { existsSync } from 'node:fs';
import type { EngineOptions } from '../host.ts';
import type { OpenSet } from '../training/prepared.ts';
import { drawEnd, openEnds } from './bridge-ends.ts';
import { damaging } from './damage-facts.ts';
import { openBridge } from './open-bridge.ts';

/**
 * Draws the paths of both directions of a bridge into its folder: `paths.png` of points, `paths-forward.png` and `paths-backward.png` of images.
 * @returns the files
 * @throws FileError if the bridge or a set cannot be read, or a file not be written.
 */
export async function drawPaths(
  folder: string,
  { open = openDataSet, seed = 0, ...engine }: EngineOptions & { readonly open?: OpenSet; readonly seed?: number } = {},
): Promise<readonly string[]> {
  const facts = readBridge(folder);
  const ends = await openEnds(facts, open);
  const watched: WatchedPaths[] = [];
  const files: string[] = [];
  for (const direction of directions) {
    const at = directionFolder(folder, direction);
    if (!existsSync(at)) continue;
    const bridge = await openBridge(at, engine);
    try {
      const source = direction === 'forward' ? ends.a : ends.b;
      const names = direction === 'forward' ? [facts.a, facts.b] : [facts.b, facts.a];
      const own = foldIn(key(seed), direction);
      const drawn = drawEnd(source, pathsShown(bridge.data), own);
      const starts = damaging(facts, direction, source)?.(drawn, foldIn(own, 'damage')) ?? drawn;
      const states: Tensor[] = [starts];
      for await (const { x } of bridge.carry(starts, { seed, steps: 40 })) states.push(x);
      const title = names
        .map((end) =>
          end === undefined
            ? facts.damage?.task
            : (end.class ?? end.data.group ?? end.data.ref.replace(/^.*[\\/]/, '')),
        )
        .join(' to ');
      watched.push({ title, states });
      const picture = picturedPaths({ title, states }, bridge.data);
      if (picture !== undefined) {
        const file = join(folder, `paths-${direction}.png`);
        writeAtomic(file, picture);
        files.push(file);
      }
      if (direction === directions.at(-1)) {
        const plot = plottedPaths(watched, bridge.data, `A bridge with noise ${facts.epsilon}`);
        if (plot !== undefined) {
          const file = join(folder, 'paths.png');
          writeAtomic(file, await svgToPng(plot));
          files.push(file);
        }
      }
    } finally {
      await bridge[Symbol.asyncDispose]();
    }
  }
  return files;
}
