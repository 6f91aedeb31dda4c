/** @file The layers of a picture, shown or hidden as the address says. */
import type { JSX } from 'preact';
import { change, state } from '../state/state.ts';
import { Toggle } from './controls.tsx';

/** Whether a layer is seen, and the button that changes it. */
export function layerToggle(name: string, text: string, swatch: string): JSX.Element {
  const { hide } = state.value;
  return (
    <Toggle
      key={name}
      text={text}
      swatch={swatch}
      pressed={!hide.includes(name)}
      onChange={(shown) => {
        change({ hide: shown ? hide.filter((own) => own !== name) : [...hide, name] });
      }}
    />
  );
}
