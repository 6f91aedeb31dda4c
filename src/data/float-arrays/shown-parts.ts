/** @file Which parts of arrays a network that learns to complete them is shown. */
import { foldIn, type Key } from '../../base/key.ts';
import { indexOf, uniform } from '../../base/random.ts';
import { sizeOf, type Shape } from '../../base/tensor.ts';

/**
 * What is known of a sample `[C, ...grid]`: nothing of a third of all. Of the others in equal parts each number with a probability that is drawn for all; all before a
 * time, as for forecasts; all but a block of the grid; every k-th place, as at a coarser step; whole channels.
 */
export function shownParts(shape: Shape, key: Key): Uint8Array {
  const [channels = 1, ...grid] = shape;
  const area = sizeOf(grid);
  const [none = 0, which = 0, share = 0, where = 0] = uniform(key, 4);
  if (none < 1 / 3) return new Uint8Array(channels * area);
  const ways = channels > 1 ? 5 : 4;
  const place = [atRandom, before, aroundBlock, everyFew, ofChannels][indexOf(which, ways)] ?? atRandom;
  return place({ channels, grid, area, share, where, key: foldIn(key, 'shown') });
}

interface Drawn {
  readonly channels: number;
  readonly grid: Shape;
  readonly area: number;
  /** Two numbers in [0, 1). */
  readonly share: number;
  readonly where: number;
  readonly key: Key;
}

const everywhere = ({ channels, area }: Drawn, isKnown: (at: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: channels * area }, (_, j) => Number(isKnown(j % area)));

function atRandom({ channels, area, share, key }: Drawn): Uint8Array {
  return Uint8Array.from(uniform(key, channels * area), (u) => Number(u < share));
}

/** Places along the last axis. */
function before(drawn: Drawn): Uint8Array {
  const last = drawn.grid.at(-1) ?? 1;
  const end = 1 + indexOf(drawn.share, last);
  return everywhere(drawn, (at) => at % last < end);
}

function aroundBlock(drawn: Drawn): Uint8Array {
  const { grid, share, key } = drawn;
  const u = uniform(key, grid.length);
  const ranges = grid.map((size, axis) => {
    const length = Math.max(1, Math.round(size * share ** (1 / grid.length)));
    const begin = indexOf(u[axis] ?? 0, size - length + 1);
    return [begin, begin + length] as const;
  });
  return everywhere(drawn, (at) => {
    let rest = at;
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      const size = grid[axis] ?? 1;
      const [begin = 0, end = 0] = ranges[axis] ?? [];
      const place = rest % size;
      if (place < begin || place >= end) return true;
      rest = Math.floor(rest / size);
    }
    return false;
  });
}

function everyFew(drawn: Drawn): Uint8Array {
  const { grid, share, where } = drawn;
  const last = grid.at(-1) ?? 1;
  const step = 2 + indexOf(share, Math.max(1, Math.min(11, (last >> 1) - 1)));
  const first = indexOf(where, step);
  return everywhere(drawn, (at) => (at % last) % step === first);
}

function ofChannels({ channels, area, share, key }: Drawn): Uint8Array {
  const u = uniform(key, channels);
  return Uint8Array.from({ length: channels * area }, (_, j) => Number((u[Math.floor(j / area)] ?? 0) < share));
}
