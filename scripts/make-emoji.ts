/**
 * @file Makes assets/emoji.rgb.br and assets/emoji.json from the npm package `@iconify-json/noto`:
 *
 *   npx tsx scripts/make-emoji.ts <folder of @iconify-json/noto>
 *
 * Variants of one picture (skin tones, family silhouettes), hidden aliases and exact repeats are left out. Each SVG is drawn on white at 128 x 128 and
 * brought to 32 x 32 by exact area averaging. The pictures are kept one after another and compressed by Brotli, which looks back further
 * than the 32 KiB of PNG and comes to a sixth less.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import sharp from 'sharp';
import { areaAverageInto, planesInto } from '../src/data/pictures/resize.ts';

const size = 32;
const drawn = 128;

/** The package's categories under the names by which users ask for them, in the order of the sheet. */
const categories: Readonly<Record<string, string>> = {
  smileys: 'Smileys & Emotion',
  people: 'People & Body',
  animals: 'Animals & Nature',
  food: 'Food & Drink',
  travel: 'Travel & Places',
  activities: 'Activities',
  objects: 'Objects',
  symbols: 'Symbols',
  flags: 'Flags',
};

/** Subsets of a category that look alike enough to be learned from few pictures. */
const subsets: Readonly<Record<string, { readonly of: string; readonly is: RegExp; readonly isNot?: RegExp }>> = {
  // Round yellow faces; left out are those of another color or outline, and those mostly covered.
  faces: {
    of: 'smileys',
    is: /face|laughing|head-shaking|star-struck/,
    isNot:
      /horns|clown|cold-face|hot-face|enraged|nauseated|clouds|symbols-on|dotted|cracking|shaking-face|melting|peeking/,
  },
  hearts: { of: 'smileys', is: /heart/, isNot: /face|cat/ },
  clocks: { of: 'travel', is: /-(oclock|thirty)$/ },
};

/** Variants of one picture: skin tones, and the silhouettes of families in all combinations. */
const variant = /skin-tone|^family-/;

interface Icons {
  readonly icons: Readonly<Record<string, { readonly body: string; readonly hidden?: boolean }>>;
}
interface Metadata {
  readonly categories: Readonly<Record<string, readonly string[]>>;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

async function draw(body: string): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${drawn}" height="${drawn}" viewBox="0 0 128 128">${body}</svg>`;
  const hwc = await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).toColorspace('srgb').raw().toBuffer();
  const planes = new Uint8Array(3 * drawn * drawn);
  planesInto(planes, 0, hwc, 3);
  const small = new Uint8Array(3 * size * size);
  areaAverageInto(small, planes, { count: 3, height: drawn, width: drawn }, size);
  return small;
}

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) throw new Error('expected the folder of @iconify-json/noto');
  const { icons } = readJson(join(folder, 'icons.json')) as Icons;
  const { categories: members } = readJson(join(folder, 'metadata.json')) as Metadata;

  const names: string[] = [];
  const pictures: Uint8Array[] = [];
  const groups: Record<string, number[]> = {};
  const seen = new Set<string>();
  for (const [group, category] of Object.entries(categories)) {
    const kept: number[] = [];
    for (const name of [...(members[category] ?? [])].sort()) {
      const icon = icons[name];
      if (icon === undefined || icon.hidden === true || variant.test(name)) continue;
      const picture = await draw(icon.body);
      const bytes = Buffer.from(picture).toString('latin1');
      if (seen.has(bytes)) continue;
      seen.add(bytes);
      kept.push(names.length);
      names.push(name);
      pictures.push(picture);
    }
    groups[group] = kept;
  }
  for (const [subset, { of, is, isNot }] of Object.entries(subsets)) {
    const chosen = (name: string): boolean => is.test(name) && isNot?.test(name) !== true;
    groups[subset] = (groups[of] ?? []).filter((i) => chosen(names[i]!));
  }

  const sampleBytes = 3 * size * size;
  const sheet = Buffer.alloc(names.length * sampleBytes);
  pictures.forEach((picture, i) => {
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < size * size; p++) sheet[i * sampleBytes + 3 * p + c] = picture[c * size * size + p]!;
  });
  const { BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS, [BROTLI_PARAM_SIZE_HINT]: sheet.length };
  const assets = new URL('../assets/', import.meta.url);
  writeFileSync(new URL('emoji.rgb.br', assets), brotliCompressSync(sheet, { params }));
  writeFileSync(new URL('emoji.json', assets), `${JSON.stringify({ size, names, groups })}\n`);
  for (const [group, list] of Object.entries(groups)) console.log(`${group}: ${list.length}`);
  console.log(`${names.length} pictures`);
}

await main(process.argv[2]);
