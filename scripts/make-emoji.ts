/**
 * @file Makes assets/emoji.rgb.br, assets/emoji-64.rgb.br and assets/emoji.json from the npm package `@iconify-json/noto`, or a folder of larger pictures of the same emoji:
 *
 *   npx tsx scripts/make-emoji.ts <folder of @iconify-json/noto>
 *   npx tsx scripts/make-emoji.ts <folder of @iconify-json/noto> --size 128 --out emoji-128
 *
 * Variants of one picture (skin tones, family silhouettes), hidden aliases and exact repeats are left out. Each SVG is drawn on white at four times its size and
 * brought to that by exact area averaging. The pictures of an asset are kept one after another and compressed by Brotli, which looks back further
 * than the 32 KiB of PNG and comes to a sixth less. A folder has one PNG by each name, whose words are the text of the picture.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import sharp from 'sharp';
import { areaAverageInto, planesInto } from '../src/data/pictures/resize.ts';
import { encodePng } from '../src/plot/png.ts';

/** Sides of the pictures of the assets, in pixels, and what their names end in. */
const assets = [
  [32, ''],
  [64, '-64'],
] as const;

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

const folderOfAssets = new URL('../assets/', import.meta.url);

/** One picture on white, `[3, size, size]`. */
async function draw(body: string, size: number): Promise<Uint8Array> {
  const drawn = 4 * size;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${drawn}" height="${drawn}" viewBox="0 0 128 128">${body}</svg>`;
  const hwc = await sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).toColorspace('srgb').raw().toBuffer();
  const planes = new Uint8Array(3 * drawn * drawn);
  planesInto(planes, 0, hwc, 3);
  const small = new Uint8Array(3 * size * size);
  areaAverageInto(small, planes, { count: 3, height: drawn, width: drawn }, size);
  return small;
}

/** Pictures by name, in the order of the sheet. */
interface Pictures {
  readonly size: number;
  readonly names: readonly string[];
  /** `[3, size, size]` each. */
  readonly pictures: readonly Uint8Array[];
  /** Numbers of the pictures of each category and subset. */
  readonly groups: Readonly<Record<string, readonly number[]>>;
}

async function drawAll(folder: string, size: number): Promise<Pictures> {
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
      const picture = await draw(icon.body, size);
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
  return { size, names, pictures, groups };
}

/** Bytes with the channels of each pixel together, `[size, size, 3]`. */
function interleaved(picture: Uint8Array): Uint8Array {
  const area = picture.length / 3;
  return picture.map((_, i) => picture[(i % 3) * area + Math.floor(i / 3)]!);
}

function writeAsset(ending: string, pictures: readonly Uint8Array[]): void {
  const sheet = Buffer.concat(pictures.map(interleaved));
  const { BROTLI_PARAM_LGWIN, BROTLI_MAX_WINDOW_BITS, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_LGWIN]: BROTLI_MAX_WINDOW_BITS, [BROTLI_PARAM_SIZE_HINT]: sheet.length };
  writeFileSync(new URL(`emoji${ending}.rgb.br`, folderOfAssets), brotliCompressSync(sheet, { params }));
}

/** Writes all assets, whose pictures have the same names in the same order. */
async function writeAssets(folder: string): Promise<Pictures> {
  const all = await Promise.all(assets.map(([size]) => drawAll(folder, size)));
  const [{ names, groups }] = all as [Pictures];
  for (const [i, [size, ending]] of assets.entries()) {
    const own = all[i]!;
    if (own.names.join() !== names.join()) throw new Error(`pictures of ${size} x ${size} have other names than those of ${assets[0][0]}`); // prettier-ignore
    writeAsset(ending, own.pictures);
  }
  writeFileSync(new URL('emoji.json', folderOfAssets), `${JSON.stringify({ names, groups })}\n`);
  return all[0]!;
}

function writeFolder(out: string, { size, names, pictures }: Pictures): void {
  mkdirSync(out, { recursive: true });
  names.forEach((name, i) => {
    const data = interleaved(pictures[i]!);
    writeFileSync(join(out, `${name}.png`), encodePng({ width: size, height: size, channels: 3, data }));
  });
}

const { values, positionals } = parseArgs({
  options: { size: { type: 'string' }, out: { type: 'string' } },
  allowPositionals: true,
});
const [folder] = positionals;
const size = Number(values.size ?? assets[0][0]);
if (folder === undefined) throw new Error('expected the folder of @iconify-json/noto');
if (!(Number.isInteger(size) && size > 0 && size <= 512))
  throw new Error(`expected a --size from 1 to 512, got ${values.size}`);
if (values.out === undefined && values.size !== undefined) throw new Error(`expected --out, a folder for pictures of ${size} x ${size}`); // prettier-ignore
const all = values.out === undefined ? await writeAssets(folder) : await drawAll(folder, size);
if (values.out !== undefined) writeFolder(values.out, all);
for (const [group, list] of Object.entries(all.groups)) console.log(`${group}: ${list.length}`);
console.log(`${all.names.length} pictures`);
