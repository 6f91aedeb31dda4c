/** @file A picture of one's own, from a file. */
import type { JSX } from 'preact';
import { ownPicture } from '../state/own.ts';
import { takePicture } from './files.ts';

/** The button that opens one; a picture may be dropped on the page as well. */
export function OwnPicture(): JSX.Element {
  return (
    <label class="button">
      {ownPicture.value === undefined ? 'Your own' : 'Another of your own'}
      <input
        type="file"
        accept="image/*"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) void takePicture(file);
        }}
      />
    </label>
  );
}
