/** @file SVG pictures as PNG files, by the optional package sharp. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '../base/errors.ts';

/** Where fontconfig, which is part of sharp, looks if no variable says otherwise. */
const systemFonts = '/etc/fonts/fonts.conf';
const variables = ['FONTCONFIG_FILE', 'FONTCONFIG_PATH', 'FONTCONFIG_SYSROOT'];

/** On a system without a configuration of fonts, as in small containers, fontconfig would complain on stderr. */
function configureFonts(): void {
  if (process.platform !== 'linux' || existsSync(systemFonts)) return;
  if (variables.some((name) => process.env[name] !== undefined)) return;
  process.env['FONTCONFIG_FILE'] = fileURLToPath(new URL('../../assets/fonts.conf', import.meta.url));
}

/**
 * PNG file of an SVG text, with `scale` pixels per SVG pixel. Its letters need a font of the system; without one they are boxes.
 * @throws UnsupportedError if the optional package sharp is not installed for this machine.
 */
export async function svgToPng(svg: string, { scale = 2 } = {}): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp').catch((cause: unknown) => {
    throw new UnsupportedError('PNG figures need the package sharp, which is not installed; run `npm install sharp`', {
      cause,
    });
  });
  configureFonts();
  // SVG pixels are those of 72 dots per inch here.
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .png()
    .toBuffer();
}
