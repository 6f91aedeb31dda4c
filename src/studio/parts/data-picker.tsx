/** @file The choice of the data, by small pictures of them. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { key } from '../../base/key.ts';
import { drawMixture } from '../../data/sets/toy.ts';
import { dataNames, type State } from '../state/address.ts';
import { dropped } from '../state/data.ts';
import { reach } from '../state/fields.ts';
import { lawOf } from '../state/law.ts';
import { change, state } from '../state/state.ts';
import type { Colors } from '../view/palette.ts';
import { colors } from '../view/theme.ts';

const titles: Readonly<Record<State['data'], string>> = {
  gaussians: 'Gaussians to drag',
  'eight-gaussians': 'eight Gaussians',
  'two-moons': 'two moons',
  'swiss-roll': 'swiss roll',
  checkerboard: 'checkerboard',
  spirals: 'spirals',
  drawn: 'draw your own',
};

/** Points and CSS pixels of a small picture. */
const shown = 220;
const side = 44;

/** The choice of the data. */
export function DataPicker({ label = 'Data' }: { readonly label?: string }): JSX.Element {
  return (
    <SetPicker
      label={label}
      names={dataNames}
      value={state.value.data}
      onChange={(data) => {
        change({ data });
      }}
    />
  );
}

/** One of some sets. */
export function SetPicker<Name extends State['data']>({
  label,
  names,
  value,
  onChange,
}: {
  readonly label: string;
  readonly names: readonly Name[];
  readonly value: Name;
  readonly onChange: (name: Name) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="control data">
      <legend>
        {label}{' '}
        <span class="said">
          {value === 'drawn' && dropped.value !== undefined ? dropped.value.name : titles[value]}
        </span>
      </legend>
      <div class="thumbs">
        {names.map((own) => (
          <label key={own} title={titles[own]}>
            <input
              type="radio"
              name={name}
              checked={own === value}
              aria-label={titles[own]}
              onChange={() => {
                onChange(own);
              }}
            />
            <Thumb name={own} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Thumb({ name }: { readonly name: State['data'] }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { g, p } = state.value;
  const { value: look } = colors;
  const own = name === 'gaussians' ? g : name === 'drawn' ? p : undefined;
  useEffect(() => {
    // Each in a task of its own, after what is seen first.
    const timer = setTimeout(() => {
      const context = canvas.current?.getContext('2d');
      if (context !== null && context !== undefined) drawThumb(context, { name, g, p }, look);
    });
    return () => {
      clearTimeout(timer);
    };
  }, [name, own, look]);
  return <canvas ref={canvas} aria-hidden="true" />;
}

/** Draws points of a law, or a pencil where there are none yet. */
function drawThumb(
  context: CanvasRenderingContext2D,
  { name, g, p }: Pick<State, 'g' | 'p'> & { readonly name: State['data'] },
  look: Colors,
): void {
  const ratio = Math.min(3, devicePixelRatio);
  [context.canvas.width, context.canvas.height] = [side * ratio, side * ratio];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (name === 'drawn' && p.length === 0) {
    pencil(context, look.muted);
    return;
  }
  const { values } = drawMixture(name, lawOf({ data: name, g, p }), key(0), shown);
  context.fillStyle = look.ink;
  context.globalAlpha = 0.75;
  const at = (value: number): number => ((value / (0.82 * reach) + 1) / 2) * side;
  for (let i = 0; i < values.length; i += 2)
    context.fillRect(at(values[i] ?? 0) - 0.5, side - at(values[i + 1] ?? 0) - 0.5, 1.1, 1.1);
}

/** A pencil, for points that are still to be drawn. */
function pencil(context: CanvasRenderingContext2D, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1.4;
  context.lineJoin = 'round';
  context.stroke(new Path2D('M15 29l1-4 10-10 3 3-10 10zM24.5 16.5l3 3M14 33h16'));
}
