import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildModel } from '../../src/catalog/build.ts';
import { netKinds } from '../../src/catalog/kinds.ts';
import { networks } from '../../src/catalog/networks/index.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { layout } from '../../src/nn/network.ts';
import { ddpmppStyle, ddpmStyle, ncsnppStyle } from '../../src/nn/unet/unet-options.ts';
import { published, row } from './published.ts';

const text = readFileSync(new URL('../../docs/networks.md', import.meta.url), 'utf8');
/** The rows of the table that follows a text, as cells. */
const tableAfter = (start: string): string[][] => {
  const [table = ''] = text.slice(text.indexOf(start)).match(/(^\|.*\n)+/m) ?? [];
  const rows = table.trim().split('\n').slice(2);
  return rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
};

describe('published networks', () => {
  it.each(published.filter(({ exact }) => exact !== undefined))('$name has the reported size', ({ net, exact }) => {
    const { trained, fixed } = layout(net);
    if (exact?.trained !== undefined) expect(trained).toBe(exact.trained);
    if (exact?.stored !== undefined) expect(trained + fixed).toBe(exact.stored);
  });

  it('are the table of the documentation', () => {
    const found = tableAfter('## Parameters of the published networks');
    expect(found.map((cells) => `| ${cells.join(' | ')} |`)).toEqual(published.map(row));
  });
});

/** Whether a network of images takes series too. */
const takesSeries = (kind: string): boolean => networks.some(({ name, axes }) => name === kind && axes.includes(2));

describe('the documentation', () => {
  it('names every network with its default process, label and size', () => {
    const found = tableAfter('`--set net.KEY=VALUE`');
    const expected = netKinds.map((kind) => {
      const of = kind === 'diffwave' ? 'arrays' : kind.endsWith('mlp') ? 'points' : 'images';
      const images = of === 'images';
      const set = { kind: of, ...(images && { height: 32, width: 32 }) } as const;
      const config = resolveConfig(set, { data: { ref: 'x' }, net: { kind } });
      const { net, process } = buildModel(config, images ? [3, 32, 32] : of === 'points' ? [2] : [1, 64]);
      const size = `${(layout(net).trained / 1e6).toFixed(1)} M`;
      const t = 0.25;
      const labels = new Map([
        [999 * t, '999 t'],
        [Math.log(process.sde.sigma(t)), 'log sigma'],
        [Math.log(process.sde.sigma(t)) / 4, 'log sigma / 4'],
        [t, 't'],
      ]);
      return [
        `\`${kind}\``,
        kind === 'residual-mlp' ? 'tables' : of === 'arrays' ? 'series' : takesSeries(kind) ? 'images, series' : of,
        `\`${config.sde.kind}\``,
        labels.get(process.parametrization.label(t)),
        images ? size : '',
      ];
    });
    const told = found.map(([name, data, sde, label = '', size]) => {
      const known = name === '`ncsnv2`' ? label.replace('none', 't') : label;
      return [name, data, sde, known.replace(', to the nearest level', ''), size];
    });
    expect(told).toEqual(expected);
  });

  it('has the options of the U-Nets with their defaults', () => {
    const shown = (value: unknown): string => (Array.isArray(value) ? `[${value.join(', ')}]` : String(value));
    const rows = tableAfter('`--sde edm`').map(
      ([name = '', , ...values]) => [name.replaceAll('`', ''), values] as const,
    );
    const styles = [ddpmppStyle, ncsnppStyle, ddpmStyle].map((style) => ({
      attention: 'size / 4',
      classes: 0,
      ...style,
    }));
    const names = Object.keys(styles[0]!) as (keyof (typeof styles)[number])[];
    expect(rows.map(([name]) => name).toSorted()).toEqual(names.toSorted());
    for (const [name, values] of rows)
      expect(values, name).toEqual(styles.map((style) => shown(style[name as keyof typeof style])));
  });
});
