/** @file Controls: choices, sliders, buttons, and a readout of numbers. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** Properties of a choice. */
export interface ChoiceProps<T extends string | number> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string; readonly title?: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few: radio buttons that look like a bar. */
export function Choice<T extends string | number>({ label, value, options, onChange }: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="control choice">
      <legend>{label}</legend>
      <div class="bar">
        {options.map((option) => (
          <label key={option.value} title={option.title}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => {
                onChange(option.value);
              }}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Properties of a slider. */
export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly range: readonly [least: number, most: number];
  readonly step: number;
  /** The value as it is read. */
  readonly text: string;
  readonly onChange: (value: number) => void;
}

/** A number of a range. */
export function Slider({ label, value, range: [least, most], step, text, onChange }: SliderProps): JSX.Element {
  const id = useId();
  return (
    <div class="control slider">
      <label for={id}>{label}</label>
      <output for={id}>{text}</output>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        aria-valuetext={text}
        onInput={({ currentTarget }) => {
          onChange(Number(currentTarget.value));
        }}
      />
    </div>
  );
}

/** A swatch of the legend that shows or hides what it names. */
export function Toggle({
  text,
  swatch,
  pressed,
  onChange,
}: {
  readonly text: string;
  readonly swatch: string;
  readonly pressed: boolean;
  readonly onChange: (pressed: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={pressed}
      onClick={() => {
        onChange(!pressed);
      }}
    >
      <i class={`swatch ${swatch}`} aria-hidden="true" />
      {text}
    </button>
  );
}

/** Numbers with their names. */
export function Readout({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[];
}): JSX.Element {
  return (
    <dl class="readout">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A formula that the build has written as MathML. */
export function Formula({ mathml }: { readonly mathml: string }): JSX.Element {
  return <span class="formula" dangerouslySetInnerHTML={{ __html: mathml }} />;
}
