/** @file The tab Experiments: six of the literature, each a place of the page. */
import type { JSX } from 'preact';
import { experiments, placeAddress } from '../experiments.ts';
import { openPlace } from '../state/open-place.ts';
import { state } from '../state/state.ts';

/** The list. */
export function ExperimentsTab(): JSX.Element {
  const text = !state.value.hide.includes('text');
  return (
    <section class="experiments" aria-label="Experiments">
      <div class="lede">
        <h1>Six experiments, a minute each</h1>
        {text && (
          <p>
            Figures of papers and posts that one can change here. Each opens a tab as it has to be, and says what to
            look for; everything can be changed from there.
          </p>
        )}
      </div>
      <ol class="picture">
        {experiments.map((own) => (
          <li key={own.name}>
            <h2>{own.title}</h2>
            <p>{own.claim}</p>
            <ul class="actions">
              {own.places.map(({ name }, index) => (
                <li key={name}>
                  <a
                    class="button"
                    href={placeAddress(own, index)}
                    onClick={(event) => {
                      event.preventDefault();
                      openPlace(own, index);
                    }}
                  >
                    {name}
                  </a>
                </li>
              ))}
            </ul>
            <p class="note">{own.source}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
