/** @file Files that are dropped on the page: a model, a picture, or points. */
import type { State } from '../state/address.ts';
import { noteFault, change, state } from '../state/state.ts';
import { ownModel, ownPicture } from '../state/own.ts';
import { takePoints } from './drawing.tsx';

/** Bytes of the largest file. */
const mostBytes = 256 * 2 ** 20;

/** Takes a file for what it is by its name and its type. */
export async function takeFile(file: File): Promise<void> {
  if (file.name.toLowerCase().endsWith('.safetensors')) takeModel(file);
  else if (file.type.startsWith('image/')) await takePicture(file);
  else await takePoints(file);
}

/** Where models are seen: in the tab that is open if it has them. */
function tabOfModels(): Partial<State> {
  return state.value.tab === 'likelihood' ? { of: 'pictures' } : { tab: 'restore' };
}

/** Opens a model. */
function takeModel(file: File): void {
  if (file.size > mostBytes) {
    noteFault(new Error(`${file.name}: expected at most 256 MB, found ${Math.round(file.size / 2 ** 20)}.`));
    return;
  }
  ownModel.value = file;
  change({ model: 'own', ...tabOfModels() });
}

/** Takes a picture to be restored, or to be judged. */
export async function takePicture(file: File): Promise<void> {
  try {
    ownPicture.value = { name: file.name, bitmap: await createImageBitmap(file) };
  } catch {
    noteFault(new Error(`${file.name}: expected a picture that this browser can read.`));
    return;
  }
  change({ picture: 'own', ...tabOfModels() });
}
