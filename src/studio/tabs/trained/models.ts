/** @file The model that the address names, and the picture that it is asked about. */
import { computed, effect, signal } from '@preact/signals';
import type { Image } from '../../../plot/png.ts';
import { ownModel, ownPicture } from '../../state/own.ts';
import { noteFault, state } from '../../state/state.ts';
import { latest } from '../../work/connect.ts';
import type { ModelAsk, ModelFacts, PictureAsk } from '../../work/opened.ts';
import { models } from '../../work/workers.ts';

/** A model of the list beside the page. */
export interface ListedModel {
  readonly name: string;
  /** Name of its data. */
  readonly data: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** The models beside the page. */
export const listed = signal<readonly ListedModel[]>([]);
/** The model that is open. */
export const facts = signal<ModelFacts | undefined>(undefined);
/** Pictures of the emoji that are offered, in their order. */
export const emojiPictures = signal<readonly Image[]>([]);
/** Names of all emoji. */
export const emojiNames = signal<readonly string[]>([]);
/** Numbers of the emoji that are offered as pictures. */
export const emojiOffered = [144, 551, 809, 971, 673, 626, 119, 787] as const;

// Each changes only when its own value does.
const modelName = computed(() => state.value.model);

/** The model of the address. */
export const modelAsk = computed<ModelAsk>(() => ({
  model: modelName.value === 'own' && ownModel.value !== undefined ? ownModel.value : modelName.value,
}));

const askFacts = latest((ask: ModelAsk) => models.start('facts', ask).result, {
  use: (found) => (facts.value = found),
  failed: (error) => {
    facts.value = undefined;
    noteFault(error);
  },
});

/** Opens the model of the address for as long as a tab needs it. */
export function followModel(): () => void {
  void listModels();
  return effect(() => {
    const { value: ask } = modelAsk;
    // What is known of one model is not true of the next.
    facts.value = undefined;
    askFacts(ask);
  });
}

async function listModels(): Promise<void> {
  if (listed.peek().length > 0) return;
  try {
    const response = await fetch(new URL('models/index.json', document.baseURI));
    if (!response.ok) throw new Error(`the list of models cannot be fetched: ${response.status}`);
    listed.value = (await response.json()) as readonly ListedModel[];
  } catch (error) {
    noteFault(error);
  }
}

/** Fetches the emoji that are offered, once they are needed. */
export async function fetchEmoji(): Promise<void> {
  if (emojiNames.peek().length > 0) return;
  try {
    const response = await fetch(new URL('emoji/names.json', document.baseURI));
    const { names } = (await response.json()) as { readonly names: readonly string[] };
    emojiNames.value = names.map((name) => name.replaceAll('-', ' '));
    emojiPictures.value = await models.start('emoji', emojiOffered).result;
  } catch (error) {
    noteFault(error);
  }
}

/** The picture of the address, or undefined for one of one's own that is not there. */
export function pictureAsk(name: string, { shape }: ModelFacts): PictureAsk | undefined {
  const [kind, number] = name.split('-');
  if (kind === 'emoji') return { kind, row: Number(number) };
  if (kind === 'draw') return { kind, seed: Number(number) };
  const own = ownPicture.value;
  return own && { kind: 'colors', data: pixelsOf(own.bitmap, shape) };
}

/** The middle of a picture at the size of a model's pictures, on white where it is transparent, `[H, W, 3]`. */
function pixelsOf(bitmap: ImageBitmap, [, height = 1, width = 1]: readonly number[]): Uint8Array {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return new Uint8Array(3 * width * height);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  const factor = Math.min(bitmap.width / width, bitmap.height / height);
  const [wide, tall] = [factor * width, factor * height];
  const [left, top] = [(bitmap.width - wide) / 2, (bitmap.height - tall) / 2];
  context.drawImage(bitmap, left, top, wide, tall, 0, 0, width, height);
  return Uint8Array.from(context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 !== 3));
}

/** What a picture is called. */
export function pictureTitle(name: string): string {
  const [kind, number = ''] = name.split('-');
  if (kind === 'emoji') return emojiNames.value[Number(number)] ?? `emoji ${number}`;
  return kind === 'draw' ? `a draw of the model, seed ${number}` : (ownPicture.value?.name ?? 'your own picture');
}
