/** @file The choice of a picture: a draw of the model, an emoji, or one of one's own. */
import type { JSX } from 'preact';
import { useEffect, useId } from 'preact/hooks';
import { OwnPicture } from '../../parts/own-picture.tsx';
import { change, state } from '../../state/state.ts';
import { emojiNames, emojiOffered, emojiPictures, fetchEmoji, pictureTitle } from './models.ts';
import { Pixels } from '../../view/pixels.tsx';

/** The picture. */
export function PicturePicker(): JSX.Element {
  const id = useId();
  const { picture } = state.value;
  useEffect(() => void fetchEmoji(), []);
  const [kind, number = '1'] = picture.split('-');
  return (
    <fieldset class="control">
      <legend>
        Picture <span class="said">{pictureTitle(picture)}</span>
      </legend>
      <div class="thumbs">
        {emojiPictures.value.map((image, i) => (
          <label key={i} title={pictureTitle(`emoji-${emojiOffered[i] ?? 0}`)}>
            <input
              type="radio"
              name={id}
              checked={picture === `emoji-${emojiOffered[i] ?? 0}`}
              aria-label={pictureTitle(`emoji-${emojiOffered[i] ?? 0}`)}
              onChange={() => {
                change({ picture: `emoji-${emojiOffered[i] ?? 0}` });
              }}
            />
            <Pixels image={image} label="" />
          </label>
        ))}
      </div>
      <div class="actions sources">
        <button
          type="button"
          aria-pressed={kind === 'draw'}
          onClick={() => {
            change({ picture: `draw-${kind === 'draw' ? (Number(number) + 1) % 1e6 : 1}` });
          }}
        >
          {kind === 'draw' ? 'Another draw of the model' : 'A draw of the model'}
        </button>
        <input
          type="text"
          aria-label="An emoji by its name"
          placeholder="an emoji by its name"
          list={`${id}-emoji`}
          autocomplete="off"
          onChange={({ currentTarget }) => {
            const row = emojiNames.value.indexOf(currentTarget.value.trim().toLowerCase());
            if (row >= 0) change({ picture: `emoji-${row}` });
          }}
        />
        <datalist id={`${id}-emoji`}>
          {emojiNames.value.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <OwnPicture />
      </div>
    </fieldset>
  );
}
