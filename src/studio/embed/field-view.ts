/** @file A field on a canvas of one's own page: density, score and particles of any score of the plane. */
import type { Tensor } from '../../base/tensor.ts';
import { yielding } from '../../base/yielding.ts';
import type { ScoreFn } from '../../sde/score-fn.ts';
import type { Sde } from '../../sde/sde.ts';
import { reach } from '../state/fields.ts';
import { collecting, particlesAt, readyPlace, type Frames } from '../tabs/particles.ts';
import { densityLevel, dotStyle, draw } from '../view/picture.ts';
import { mapsOf, type Colors } from '../view/palette.ts';
import { latest } from '../work/connect.ts';
import { pathsOf } from '../work/paths.ts';
import { cellCenters, inPicture, scaleAt, timeAt } from '../work/setting.ts';

/** What is drawn of a score, and how. */
export interface FieldViewOptions {
  readonly sde: Sde;
  /** The score of states of the plane, `[B, 2]`: exact, or learned (`ScoreModel.score`). */
  readonly score: ScoreFn;
  /** Log density of states, one for each, up to a constant. Default none: the ground is plain. */
  readonly logDensity?: ((x: Tensor, t: number) => ArrayLike<number>) | undefined;
  /** Where the clock stands, a number of 0 (noise) to 1 (data). Default 1. */
  readonly place?: number | undefined;
  /** Particles that follow the reverse process. Default 500; 0 for none. */
  readonly particles?: number | undefined;
  /** Whether they draw noise in each step (`sde`) or follow the probability flow (`ode`). Default `sde`. */
  readonly flow?: 'sde' | 'ode' | undefined;
  /** Seed of the particles. Default 1. */
  readonly seed?: number | undefined;
  /** Whether arrows are drawn. Default true. */
  readonly arrows?: boolean | undefined;
  /** Light colors or dark ones. Default light. */
  readonly dark?: boolean | undefined;
}

/** A field on a canvas. */
export interface FieldView {
  /** Where the clock stands. */
  readonly place: number;
  /** Resolves when all particles are computed and the picture is drawn; rejects with what the score has thrown. */
  readonly ready: Promise<void>;
  /** Puts the clock at a place from 0 to 1. */
  readonly seek: (place: number) => void;
  /** Lets the clock run to the data in so many seconds, 7 by default; from the noise where it stands at the data. */
  readonly play: (seconds?: number) => void;
  readonly pause: () => void;
  /** Ends everything; the canvas keeps its last picture. */
  readonly dispose: () => void;
}

/** Cells of a side, fewer where they take longer than a frame may, and arrows of a side. */
const [mostCells, leastCells, arrowCount] = [64, 24, 19];
const frameMs = 12;

const colorsOf = (dark: boolean): Colors => ({
  dark,
  ...(dark
    ? { ink: '#ece9f1', muted: '#a29eb0', accent: '#ff8a4c', learned: '#63b8f2', data: '#ece9f1', ground: '#17141f' }
    : { ink: '#1c1f2b', muted: '#5d6373', accent: '#c2410c', learned: '#0063a8', data: '#1c1f2b', ground: '#ffffff' }),
  ...mapsOf(dark),
});

/**
 * Draws a field on a square canvas: the density of the data under noise, its score as arrows, and particles that follow it. The picture
 * shows states over hypot(alpha, sigma), from -3 to 3 in both directions.
 * @param canvas - of any square size; it stays sharp when it changes
 * @example
 * ```js
 * import { gaussianMixture, tensor, vp } from 'scorefield';
 * import { fieldView } from 'scorefield/studio';
 *
 * const sde = vp();
 * const means = tensor([-1, -1, 1, 1], [2, 2]);
 * const { score, logDensity } = gaussianMixture(sde, { means, stds: [0.3, 0.3], weights: [0.2, 0.8] });
 * fieldView(document.querySelector('canvas'), { sde, score, logDensity }).play();
 * ```
 */
export function fieldView(
  canvas: HTMLCanvasElement,
  { sde, score, logDensity, place: first = 1, particles = 500, ...options }: FieldViewOptions,
): FieldView {
  const { flow = 'sde', seed = 1, arrows = true, dark = false } = options;
  const colors = colorsOf(dark);
  const state = { place: within(first), playing: 0, frame: 0, open: true };
  let frames: Frames | undefined;
  let field: { readonly density?: Float32Array; readonly arrows?: Float32Array } = {};

  const paint = (): void => {
    state.frame = 0;
    const context = canvas.getContext('2d');
    const size = canvas.clientWidth || canvas.width;
    if (!state.open || context === null || size === 0) return;
    const pixels = Math.round(size * Math.min(3, devicePixelRatio));
    if (canvas.width !== pixels || canvas.height !== pixels) [canvas.width, canvas.height] = [pixels, pixels];
    context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
    const seen = frames !== undefined && state.place <= readyPlace(frames) + 1e-9;
    draw(
      context,
      size,
      {
        cells: field.density && { values: field.density, colors: colors.density, level: densityLevel },
        dots:
          seen && frames !== undefined
            ? [{ at: particlesAt(frames, state.place), color: colors.accent, ...dotStyle(particles) }]
            : [],
        arrows: field.arrows === undefined ? [] : [{ vectors: field.arrows, color: colors.ink, width: 1 }],
      },
      colors,
    );
  };
  const again = (): void => {
    if (state.frame === 0 && state.open) state.frame = requestAnimationFrame(paint);
  };

  let failed: (error: unknown) => void = () => undefined;
  const fault = new Promise<never>((_, reject) => (failed = reject));
  let cells = mostCells;
  const fieldAt = async (place: number): Promise<typeof field> => {
    const began = performance.now();
    const t = timeAt(sde, place);
    const scale = scaleAt(sde, t);
    const logs = logDensity && Float64Array.from(logDensity(cellCenters(cells, { reach, scale }), t));
    if (performance.now() - began > frameMs) cells = Math.max(leastCells, Math.round(0.75 * cells));
    const most = logs === undefined ? 0 : logs.reduce((a, b) => Math.max(a, b), -Infinity);
    return {
      ...(logs && { density: Float32Array.from(logs, (log) => Math.exp(log - most)) }),
      ...(arrows && { arrows: inPicture(await score(cellCenters(arrowCount, { reach, scale }), t), 1 / scale) }),
    };
  };
  let drawn: () => void = () => undefined;
  const firstField = new Promise<void>((resolve) => (drawn = resolve));
  const askField = latest(fieldAt, {
    use: (found) => {
      field = found;
      again();
      drawn();
    },
    failed,
  });
  const follow = async (): Promise<void> => {
    if (particles === 0) return;
    const own = collecting();
    for await (const frame of yielding(pathsOf(score, sde, { flow, seed, n: particles }))) {
      if (!state.open) return;
      own.add(frame);
      frames = own.frames();
      again();
    }
  };
  const put = (place: number): void => {
    state.place = within(place);
    askField(state.place);
    again();
  };
  const run = (seconds: number): void => {
    const mine = (state.playing += 1);
    let last = performance.now();
    const tick = (now: number): void => {
      if (mine !== state.playing || !state.open) return;
      // Not further than the particles are computed.
      const most = particles === 0 || frames === undefined ? 1 : readyPlace(frames);
      put(Math.min(Math.max(most, state.place), state.place + (now - last) / 1000 / seconds));
      last = now;
      if (state.place < 1) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  };

  const observer = new ResizeObserver(again);
  observer.observe(canvas);
  put(state.place);
  const ready = Promise.race([Promise.all([firstField, follow()]).then(() => undefined), fault]);
  // Who does not wait for it sees what the score has thrown nowhere else.
  ready.catch((error: unknown) => {
    reportError(error);
  });
  return {
    get place() {
      return state.place;
    },
    ready,
    seek: (place) => {
      state.playing += 1;
      put(place);
    },
    play: (seconds = 7) => {
      if (state.place >= 1) state.place = 0;
      run(seconds);
    },
    pause: () => {
      state.playing += 1;
    },
    dispose: () => {
      state.open = false;
      observer.disconnect();
      cancelAnimationFrame(state.frame);
    },
  };
}

const within = (place: number): number => Math.min(1, Math.max(0, place));
