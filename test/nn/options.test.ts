import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/base/errors.ts';
import { ddpmpp, ddpmUnet, ncsnpp } from '../../src/nn/unet/ddpmpp.ts';
import { mlp } from '../../src/nn/mlp.ts';
import { ncsn, ncsnv2 } from '../../src/nn/ncsn/ncsn.ts';
import { scoreNet } from '../../src/nn/score-net.ts';

const refused: readonly (readonly [label: string, make: () => unknown, message: RegExp])[] = [
  ['mlp, odd features', () => mlp(2, { features: 5 }), /^features: expected an even number of at least 4, got 5$/],
  ['mlp, too few features', () => mlp(2, { features: 2 }), /^features:/],
  ['mlp, no width', () => mlp(2, { width: 0 }), /^width: expected a positive integer, got 0$/],
  ['mlp, half a layer', () => mlp(2, { depth: 0.5 }), /^depth:/],
  ['mlp, no dimension', () => mlp(0), /^dimension:/],
  ['score-net, points', () => scoreNet([2], { channels: [4] }), /kind: expected images \[C, H, W\], got samples \[2\]/],
  [
    'score-net, too many levels',
    () => scoreNet([1, 8, 28]),
    /^channels: expected at most 2 levels for images of 8 pixels, got 4; such as \[32, 64\]$/,
  ],
  [
    'score-net, an image below the kernel',
    () => scoreNet([1, 2, 2], { channels: [4] }),
    /^kind: score-net needs images of at least 3 pixels a side, got 2x2; ddpmpp takes/,
  ],
  [
    'score-net, no channels',
    () => scoreNet([1, 28, 28], { channels: [8, 0] }),
    /^channels: expected positive integers, got \[8,0\]$/,
  ],
  ['score-net, no levels', () => scoreNet([1, 28, 28], { channels: [] }), /^channels:/],
  [
    'score-net, odd features',
    () => scoreNet([1, 28, 28], { features: 7 }),
    /^features: expected a positive even number, got 7$/,
  ],
  ['ddpmpp, points', () => ddpmpp([2]), /kind: expected images \[C, H, W\] or series \[C, L\], got samples \[2\]$/],
  ['ddpmpp, width', () => ddpmpp([1, 8, 8], { width: 30 }), /^width: expected a positive multiple of 4, got 30$/],
  ['ddpmpp, no width', () => ddpmpp([1, 8, 8], { width: 0 }), /^width:/],
  [
    'ddpmpp, more levels than halvings',
    () => ddpmpp([1, 3, 2]),
    /^multipliers: expected at most 2 levels for images of 3x2 pixels, got 3; such as \[1, 2\]$/,
  ],
  [
    'ddpmpp, a fraction of the width',
    () => ddpmpp([1, 8, 8], { multipliers: [0.5] }),
    /^multipliers: expected positive integers/,
  ],
  ['ddpmpp, no levels', () => ddpmpp([1, 8, 8], { multipliers: [] }), /^multipliers: expected positive integers/],
  ['ddpmpp, no patch', () => ddpmpp([1, 8, 8], { patch: 0 }), /^patch: expected a positive integer, got 0$/],
  [
    'ddpmpp, more levels than patches have halvings',
    () => ddpmpp([1, 8, 8], { patch: 4 }),
    /^multipliers: expected at most 2 levels/,
  ],
  ['ddpmpp, no blocks', () => ddpmpp([1, 8, 8], { blocks: 0 }), /^blocks: expected a positive integer, got 0$/],
  ['ddpmpp, all dropped', () => ddpmpp([1, 8, 8], { dropout: 1 }), /^dropout: expected 0 to below 1, got 1$/],
  ['ddpmpp, negative dropout', () => ddpmpp([1, 8, 8], { dropout: -0.1 }), /^dropout:/],
  ['ncsnpp, points', () => ncsnpp([2]), /kind: expected images \[C, H, W\] or series \[C, L\], got samples \[2\]$/],
  ['ncsnpp, no frequencies', () => ncsnpp([1, 8, 8], { fourierScale: 0 }), /^fourierScale: expected a positive number/],
  ['ncsnpp, half a class', () => ncsnpp([1, 8, 8], { classes: 0.5 }), /^classes: expected a whole number of 0 or more/],
  ['ddpm, a negative variance', () => ddpmUnet([1, 8, 8], { attentionInit: -1 }), /^attentionInit: expected 0 or more/],
  ['ddpm, more levels than halvings', () => ddpmUnet([1, 1, 1]), /^multipliers: expected at most 1 levels/],
  ['ncsn, points', () => ncsn([2]), /kind: expected images \[C, H, W\], got samples \[2\]/],
  ['ncsn, one level', () => ncsn([1, 8, 8], { levels: 1 }), /^levels: expected a whole number of at least 2, got 1$/],
  [
    'ncsnv2, one channel',
    () => ncsnv2([1, 8, 8], { width: 1 }),
    /^width: expected a whole number of at least 2, got 1$/,
  ],
  ['ncsnv2, no halving', () => ncsnv2([1, 8, 8], { halvings: 0 }), /^halvings: expected a positive integer, got 0$/],
  [
    'ncsnv2, an image that is too small',
    () => ncsnv2([1, 4, 9], { halvings: 2 }),
    /^halvings: 2 halvings need images of at least 5 pixels a side, got 4x9$/,
  ],
];

describe('options that no network can have', () => {
  it.each(refused)('are refused: %s', (_label, make, message) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(message);
  });

  it('are listed all at once', () => {
    const make = (): unknown => ddpmpp([1, 9, 9], { width: 5, multipliers: [1, 1, 1, 1, 1], dropout: 2, blocks: 0.5 });
    expect(make).toThrow(/width.*multipliers.*blocks.*dropout/);
  });
});
