/** @file What the tab Bridge draws: both sets, the particles between them, paths of a few, and arrows of the drift. */
import type { State } from '../../state/address.ts';
import { dotStyle, type Line, type Picture } from '../../view/picture.ts';
import type { Colors } from '../../view/palette.ts';
import type { BridgeFound } from '../../work/bridge.ts';
import { particlesAt, pathOf, type Frames } from '../particles.ts';

/** What is known. */
interface Known {
  readonly found: BridgeFound | undefined;
  readonly frames: Frames | undefined;
  readonly drift: Float32Array | undefined;
}

/** Particles whose paths are drawn. */
const followed = 24;

/** The parts of the paths of a few that are behind the clock. */
function pathsOf(frames: Frames, { way }: State, place: number, color: string): readonly Line[] {
  const count = Math.min(followed, (frames.at[0]?.length ?? 0) / 2);
  return Array.from({ length: count }, (_, i) => {
    const [past, future] = pathOf(frames, i, place);
    return { through: way === 'forward' ? past : future, color, width: 0.7 };
  });
}

/** The picture where the clock stands; without noise there is no drift. */
export function pictureOf(state: State, place: number, { found, frames, drift }: Known, look: Colors): Picture {
  const seen = (name: string): boolean => !state.hide.includes(name);
  if (found === undefined || frames === undefined) return {};
  const faint = { size: 3.2, opacity: 0.4 };
  const sets = [
    { at: found.from, color: look.learned, ...faint },
    { at: found.to, color: look.data, ...faint },
  ];
  const particles = particlesAt(frames, place);
  return {
    dots: [
      ...(seen('sets') ? sets : []),
      ...(seen('particles') ? [{ at: particles, color: look.accent, ...dotStyle(particles.length / 2) }] : []),
    ],
    arrows:
      drift !== undefined && state.eps > 0 && seen('arrows') ? [{ vectors: drift, color: look.ink, width: 1 }] : [],
    lines: seen('paths') ? pathsOf(frames, state, place, look.muted) : [],
  };
}
