/** @file What a visitor has dropped on the page, for which no address has room: a model and a picture. */
import { signal } from '@preact/signals';

/** The file of a model. */
export const ownModel = signal<File | undefined>(undefined);

/** A picture. */
export const ownPicture = signal<{ readonly name: string; readonly bitmap: ImageBitmap } | undefined>(undefined);
