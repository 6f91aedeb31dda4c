/** @file SVG pictures as PNG files, by the optional package sharp. */
import { UnsupportedError } from '../base/errors.ts';

/**
 * PNG file of an SVG text, with `scale` pixels per SVG pixel.
 * @throws UnsupportedError if the optional package sharp is not installed for this machine.
 */
export async function svgToPng(svg: string, { scale = 2 } = {}): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp').catch((cause: unknown) => {
    throw new UnsupportedError('PNG figures need the package sharp, which is not installed; run `npm install sharp`', {
      cause,
    });
  });
  // SVG pixels are those of 72 dots per inch here.
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
