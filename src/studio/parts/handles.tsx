/** @file Handles of the Gaussians of a picture: each is dragged, or shifted by the keys. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { clamped, reach, type Gaussian } from '../state/fields.ts';
import { change, state } from '../state/state.ts';
import { Slider } from './controls.tsx';

/** The Gaussian whose numbers the controls show. */
const selected = signal(0);

/** Puts numbers of a Gaussian. */
function changeGaussian(index: number, values: Partial<Gaussian>): void {
  change({ g: state.value.g.map((own, i) => (i === index ? clamped({ ...own, ...values }) : own)) });
}

const percent = (value: number): string => `${(((value / reach + 1) / 2) * 100).toFixed(2)}%`;

/** The handles, over the canvas. */
export function Handles({ shrink }: { readonly shrink: number }): JSX.Element {
  const { g } = state.value;
  const total = g.reduce((sum, { weight }) => sum + weight, 0);
  return (
    <>
      {g.map((own, index) => (
        <Handle key={index} index={index} own={own} part={own.weight / total} shrink={shrink} />
      ))}
    </>
  );
}

/** What the keys do. */
const keys: Readonly<Record<string, (own: Gaussian) => Partial<Gaussian>>> = {
  ArrowLeft: ({ x }) => ({ x: x - 0.1 }),
  ArrowRight: ({ x }) => ({ x: x + 0.1 }),
  ArrowUp: ({ y }) => ({ y: y + 0.1 }),
  ArrowDown: ({ y }) => ({ y: y - 0.1 }),
  '+': ({ std }) => ({ std: std * 1.15 }),
  '-': ({ std }) => ({ std: std / 1.15 }),
};

function Handle({
  index,
  own,
  part,
  shrink,
}: {
  readonly index: number;
  readonly own: Gaussian;
  readonly part: number;
  readonly shrink: number;
}): JSX.Element {
  const drag = (event: PointerEvent): void => {
    const target = event.currentTarget as HTMLElement;
    if (!target.hasPointerCapture(event.pointerId)) return;
    const box = target.parentElement?.getBoundingClientRect();
    if (box === undefined) return;
    const at = (place: number, from: number, length: number): number => ((place - from) / length) * 2 * reach - reach;
    changeGaussian(index, {
      x: at(event.clientX, box.left, box.width) / shrink,
      y: -at(event.clientY, box.top, box.height) / shrink,
    });
  };
  return (
    <button
      type="button"
      class="handle"
      aria-label={`Gaussian ${index + 1} at ${own.x.toFixed(1)}, ${own.y.toFixed(1)}, standard deviation ${own.std.toFixed(2)}, ${Math.round(100 * part)} % of the points; the arrow keys shift it, plus and minus spread it`}
      aria-pressed={selected.value === index}
      style={{ left: percent(own.x * shrink), top: percent(-own.y * shrink) }}
      onPointerDown={(event) => {
        selected.value = index;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onFocus={() => (selected.value = index)}
      onWheel={(event) => {
        event.preventDefault();
        changeGaussian(index, { std: own.std * (event.deltaY > 0 ? 1 / 1.08 : 1.08) });
      }}
      onKeyDown={(event) => {
        const act = keys[event.key === '=' ? '+' : event.key];
        if (act === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        changeGaussian(index, act(own));
      }}
    >
      <span>{index + 1}</span>
    </button>
  );
}

/** Weight and spread of the selected Gaussian; more of them, or fewer. */
export function GaussianControls(): JSX.Element {
  const { g } = state.value;
  const index = Math.min(selected.value, g.length - 1);
  const own = g[index];
  if (own === undefined) return <></>;
  const others = g.reduce((sum, { weight }, i) => (i === index ? sum : sum + weight), 0);
  const part = own.weight / (own.weight + others);
  return (
    <div class="row">
      <Slider
        label={`Weight of ${index + 1}`}
        value={part}
        range={[0.02, 0.98]}
        step={0.01}
        text={`${Math.round(100 * part)} %`}
        onChange={(value) => {
          if (others > 0) changeGaussian(index, { weight: (others * value) / (1 - value) });
        }}
      />
      <Slider
        label={`Spread of ${index + 1}`}
        value={own.std}
        range={[0.05, 1]}
        step={0.01}
        text={own.std.toFixed(2)}
        onChange={(std) => {
          changeGaussian(index, { std });
        }}
      />
      <div class="control small">
        <button
          type="button"
          aria-label="Add a Gaussian"
          disabled={g.length >= 12}
          onClick={() => {
            const turn = 2.4 * g.length;
            change({
              g: [...g, clamped({ x: 1.7 * Math.cos(turn), y: 1.7 * Math.sin(turn), std: 0.25, weight: own.weight })],
            });
            selected.value = g.length;
          }}
        >
          +
        </button>
        <button
          type="button"
          aria-label={`Remove Gaussian ${index + 1}`}
          disabled={g.length <= 1}
          onClick={() => {
            change({ g: g.filter((_, i) => i !== index) });
            selected.value = 0;
          }}
        >
          −
        </button>
      </div>
    </div>
  );
}
