/** @file The network of Song's tutorial as a named one. */
import { scoreNet, scoreNetChannels, scoreNetLevels } from '../../nn/score-net.ts';
import { several } from '../config/limits.ts';
import { withDefault } from '../option.ts';
import { networkRecord } from './network.ts';
import { energy, size } from './options.ts';

export const scoreNetNetwork = networkRecord({
  name: 'score-net',
  description: "the small U-Net of Song's tutorial",
  citation: 'Song 2021, tutorial notebook',
  task: 'score',
  axes: [3],
  options: {
    channels: withDefault(several(size), [...scoreNetChannels], 'channels of each level, finest first'),
    features: withDefault(size, 256, 'features of the label, an even number'),
    energy,
  },
  process: 'sigma-power',
  embedding: 'none',
  defaults: ([, height = 1, width = 1]) => {
    const levels = scoreNetLevels(Math.min(height, width));
    return levels > 0 ? { channels: scoreNetChannels.slice(0, levels) } : {};
  },
  build: (shape, options) => scoreNet(shape, options),
});
