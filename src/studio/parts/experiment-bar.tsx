/** @file The bar of the experiment that is open: what to look for here, and its other places. */
import type { JSX } from 'preact';
import { placeOf } from '../experiments.ts';
import { closeExperiment, openPlace } from '../state/open-place.ts';
import { state } from '../state/state.ts';

/** The bar; nothing where the address names no experiment of the page. */
export function ExperimentBar(): JSX.Element {
  const open = placeOf(state.value.exp);
  if (open === undefined) return <></>;
  const { own, index, place } = open;
  return (
    <aside class="experiment" aria-label={`Experiment: ${own.title}`}>
      <div class="actions">
        <b>{own.title}</b>
        {own.places.map(({ name }, i) => (
          <button
            key={name}
            type="button"
            aria-pressed={i === index}
            onClick={() => {
              openPlace(own, i);
            }}
          >
            {i + 1}. {name}
          </button>
        ))}
        <button type="button" class="close" onClick={closeExperiment}>
          Close
        </button>
      </div>
      <p aria-live="polite">{place.see}</p>
    </aside>
  );
}
