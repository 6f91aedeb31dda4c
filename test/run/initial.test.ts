import { describe, expect, it } from 'vitest';
import { buildModel } from '../../src/catalog/build.ts';
import type { LoadedRun } from '../../src/run/load.ts';
import type { Plain } from '../../src/catalog/option.ts';
import { inherited, initialPoint } from '../../src/run/initial.ts';
import { merge } from '../../src/catalog/config/merge.ts';
import { resolveConfig } from '../../src/catalog/config/resolve.ts';
import { key } from '../../src/base/key.ts';
import { startPoint } from '../../src/train/train.ts';

const imagesOf = (side: number) => ({ kind: 'images', height: side, width: side }) as const;
const small: Plain = { data: { ref: 'emoji' }, net: { kind: 'ddpmpp', width: 8, multipliers: [1, 1, 1], blocks: 1 } };

function source(asked: Plain, side = 16): Pick<LoadedRun, 'config' | 'data' | 'net' | 'point'> {
  const config = resolveConfig(imagesOf(side), asked);
  const { net } = buildModel(config, [3, side, side]);
  const scaler = { kind: 'centered', factor: 1, shift: [0] } as const;
  const point = startPoint(net, key(5));
  const state = { ...point.state, ema: point.state.params.map((value) => value / 2) };
  return {
    config,
    net,
    data: { kind: 'images', shape: [3, side, side], scaler, fingerprint: '' },
    point: { ...point, state },
  };
}

const from = source(merge(small, { sde: { kind: 'edm', sigmaMax: 40 }, range: 'unit' }));

/** The configuration of a run on images of a side that begins with `from`. */
function configOf(side: number, asked: Plain): LoadedRun['config'] {
  const all = merge({ data: { ref: 'mine' } }, asked);
  return resolveConfig(imagesOf(side), merge(inherited(from, imagesOf(side), all), all));
}

describe('a run that begins with parameters of another', () => {
  it('takes over what they mean: range, network, SDE and parametrization', () => {
    const { range, net, sde, parametrization } = from.config;
    expect(configOf(16, {})).toMatchObject({ range, net, sde, parametrization });
    expect(range).toBe('unit');
  });

  it('takes over nothing of a part of which another kind is asked for', () => {
    const { sde, net } = configOf(16, { sde: { kind: 'vp' } });
    expect([sde.kind, net]).toEqual(['vp', from.config.net]);
    expect(sde).not.toHaveProperty('sigmaMax');
    expect(configOf(16, { sde: { sigmaMax: 7 } }).sde).toMatchObject({ kind: 'edm', sigmaMax: 7 });
  });

  it.each([8, 16, 24, 32])(
    'has the same parameters on images of %i pixels, with attention at the same level',
    (side) => {
      const config = configOf(side, {});
      const { net } = buildModel(config, [3, side, side]);
      const { step, state } = initialPoint(net, from, 'there');
      expect(config.net).toMatchObject({ attention: [side / 4] });
      expect(step).toBe(0);
      expect(state.params).toEqual(from.point.state.ema);
      expect(state.ema).toEqual(from.point.state.ema);
      expect([...state.m, ...state.v].every((value) => value === 0)).toBe(true);
    },
  );

  it.each([
    [
      'wider',
      { net: { width: 12 } },
      /expected parameters of the network ddpmpp of this run, \S+ \[.*\]; there has \S+ \[.*\]; /,
    ],
    ['deeper', { net: { blocks: 2 } }, /expected parameters of the network ddpmpp of this run/],
    ['of another kind', { net: { kind: 'score-net' } }, /expected parameters of the network score-net of this run/],
  ])('refuses a network that is %s', (_, asked, message) => {
    const { net } = buildModel(configOf(28, asked), [3, 28, 28]);
    expect(() => initialPoint(net, from, 'there')).toThrow(message);
  });
});
