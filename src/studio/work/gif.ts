/** @file Frames that arrive one by one, as a GIF file. */
import { gifWriter } from '../../plot/gif.ts';
import type { Inbox } from './protocol.ts';

/** The size of the pictures, and hundredths of a second of each. */
export interface GifAsk {
  readonly width: number;
  readonly height: number;
  readonly delay: number;
}

/** The file of the frames up to the first note that is none. */
export async function* gif(
  { width, height, delay }: GifAsk,
  inbox: Inbox<Uint8ClampedArray | null>,
): AsyncGenerator<undefined, Uint8Array<ArrayBuffer>> {
  const writer = gifWriter(width, height);
  for (;;) {
    await inbox.arrival();
    for (const frame of inbox.take()) {
      if (frame === null) return writer.finish();
      writer.add(frame, delay);
      yield undefined;
    }
    // It may have been stopped while it waited.
    yield undefined;
  }
}
