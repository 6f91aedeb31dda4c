/** @file The panes of the tab Sample: where the samples of each entry are where the clock stands. */
import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { Estimate } from '../../../evaluate/estimate.ts';
import { state } from '../../state/state.ts';
import { place } from '../../view/clock.ts';
import type { Line, Picture } from '../../view/picture.ts';
import { dotStyle } from '../../view/picture.ts';
import { Stage } from '../../view/stage.tsx';
import { colors } from '../../view/theme.ts';
import { chainLevels, stepsPerLevel } from '../../work/facts.ts';
import { processOf, timeAt } from '../../work/setting.ts';
import type { Entry } from './entries.ts';
import { chainNames, chains, races, scoresOf, ways, wayNames } from './model.ts';

/** A frame of any entry. */
interface Seen {
  readonly x: Float32Array;
}

/** A pane: its entry, its title and which of its frames are behind the clock. */
interface PaneProps {
  readonly title: string;
  readonly entry: () => Entry<Seen, { readonly distance: Estimate }> | undefined;
  /** The frames up to where the clock stands, the last of which is seen. */
  readonly until: () => readonly Seen[];
  /** Whether paths of a few are drawn. */
  readonly trails?: boolean;
}

export const round = ({ value, standardError }: Estimate): string =>
  `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;

/** Particles whose paths are drawn. */
const trailed = 6;

function trailsOf(frames: readonly Seen[], color: string): readonly Line[] {
  return Array.from({ length: trailed }, (_, i) => ({
    through: Float32Array.from(frames.flatMap(({ x }) => [x[2 * i] ?? NaN, x[2 * i + 1] ?? NaN])),
    color,
    width: 1.2,
    head: true,
  }));
}

function Pane({ title, entry, until, trails = false }: PaneProps): JSX.Element {
  const picture = useComputed((): Picture => {
    const { value: look } = colors;
    const frames = until();
    const now = frames.at(-1);
    if (now === undefined) return {};
    const dots = { at: now.x, color: look.accent, ...dotStyle(now.x.length), opacity: trails ? 0.45 : 0.85 };
    return { dots: [dots], lines: trails ? trailsOf(frames, look.ink) : [] };
  });
  const own = entry();
  const said = own?.problem ?? (own?.result === undefined ? 'running' : `distance ${round(own.result.distance)}`);
  return (
    <figure class="pane">
      <Stage picture={picture} label={`Samples of ${title}: ${said}`} />
      <figcaption>
        <b>{title}</b> <span>{said}</span>
      </figcaption>
    </figure>
  );
}

/** Samplers, by the evaluations that they have used. */
export function RacePanes(): JSX.Element {
  const { by } = state.value;
  const scores = scoresOf(state.value);
  const panes = by.flatMap((name) => scores.map((score) => ({ name, score, id: `${name} ${score}` })));
  return (
    <div class={`panes of-${panes.length}`}>
      {panes.map(({ name, score, id }) => {
        const entry = (): ReturnType<typeof races.all.peek>[number] | undefined =>
          races.all.value.find((own) => own.id === id);
        const until = (): readonly Seen[] => {
          const done = place.value * state.value.nfe;
          return entry()?.frames.filter(({ evaluations }) => evaluations <= done + 1e-9) ?? [];
        };
        const title = score === 'learned' ? `${name}, learned` : name;
        return <Pane key={id} title={title} entry={entry} until={until} />;
      })}
    </div>
  );
}

/** Ways between data and noise, all at one time. */
export function WayPanes(): JSX.Element {
  const scores = scoresOf(state.value);
  const panes = wayNames.flatMap(({ way, title, asks }) =>
    (asks ? scores : (['exact'] as const)).map((score) => ({
      id: `${way} ${score}`,
      title: score === 'learned' ? `${title}, learned` : title,
      rises: way.startsWith('forward'),
    })),
  );
  return (
    <div class={`panes of-${panes.length}`}>
      {panes.map(({ id, title, rises }) => {
        const entry = (): ReturnType<typeof ways.all.peek>[number] | undefined =>
          ways.all.value.find((own) => own.id === id);
        const until = (): readonly Seen[] => {
          const t = timeAt(processOf(state.value), place.value);
          const all = entry()?.frames ?? [];
          const behind = all.filter((frame) => (rises ? frame.t <= t : frame.t >= t));
          return behind.length > 0 ? behind : all.slice(0, 1);
        };
        return <Pane key={id} title={title} entry={entry} until={until} trails />;
      })}
    </div>
  );
}

/** Chains, by their steps. */
export function ChainPanes(): JSX.Element {
  return (
    <div class="panes of-3">
      {chainNames.map(({ kind, title }) => {
        const entry = (): ReturnType<typeof chains.all.peek>[number] | undefined =>
          chains.all.value.find((own) => own.id === kind);
        const until = (): readonly Seen[] => {
          const done = place.value * chainLevels * stepsPerLevel;
          return entry()?.frames.filter(({ evaluations }) => evaluations <= done + 1e-9) ?? [];
        };
        return <Pane key={kind} title={title} entry={entry} until={until} />;
      })}
    </div>
  );
}
