/** @file The text of docs/gallery.md. */
import type { Figure } from '../src/figure/figure.ts';

/** Where the gallery's pictures are, seen from docs. */
export const galleryFolder = 'images/gallery';

/** The page of figures in their order. */
export function galleryPage(figures: readonly Figure[]): string {
  const head = [
    '# Gallery',
    '',
    'The experiments of the tutorials on score-based models, each from a seed, in seconds, with a JSON file of its numbers.',
    '`npx scorefield figure all` draws every one that needs no trained run; `npx scorefield figure --list` lists them.',
  ];
  return `${[...head, ...figures.flatMap(section)].join('\n')}\n`;
}

function section({ name, title, caption, source, format, needs }: Figure): readonly string[] {
  const command = `npx scorefield figure ${name}`;
  return [
    '',
    `## ${title}`,
    '',
    `![${title}](${galleryFolder}/${name}.${format})`,
    '',
    caption,
    '',
    '```sh',
    ...(needs === undefined ? [command] : [needs, `${command} --run ${runOf(needs)}`]),
    '```',
    '',
    `_${source}. Numbers: [${name}.json](${galleryFolder}/${name}.json)._`,
  ];
}

/** The folder that a training command writes. */
function runOf(command: string): string {
  return /--out (\S+)/.exec(command)?.[1] ?? 'RUN';
}
