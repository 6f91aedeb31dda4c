/** @file The choice of the process that noises the data. */
import type { JSX } from 'preact';
import { change, state } from '../state/state.ts';
import { Choice } from './controls.tsx';

const options = [
  { value: 'vp', text: 'VP', title: 'variance preserving: the signal fades as noise comes' },
  { value: 'sub-vp', text: 'sub-VP', title: 'less noise on the way than VP' },
  { value: 've', text: 'VE', title: 'variance exploding: the signal stays, noise grows to 12' },
  { value: 'edm', text: 'EDM', title: 'as VE, with a network that is scaled to see and predict numbers of size 1' },
] as const;

/** The process. */
export function ProcessChoice(): JSX.Element {
  return (
    <Choice
      label="Process"
      value={state.value.sde}
      options={options}
      onChange={(sde) => {
        change({ sde });
      }}
    />
  );
}
