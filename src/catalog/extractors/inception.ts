/** @file The first half of Inception-v3, with weights of a package. */
import { inceptionFeatures } from '../../nn/inception.ts';
import { extractor } from './extractor.ts';

export const inception = extractor({
  name: 'inception',
  description:
    'Inception-v3 up to its block mixed5 with the weights of the package nsfwjs, 768 features of images that are gray or colored; its distances are no FID',
  citation: 'Szegedy et al. 2016, table 1',
  reads: 'resized',
  open: async (_, files) => {
    const { params, version } = await files.inception();
    return { net: inceptionFeatures(), params, name: `Inception-v3 mixed5, nsfwjs ${version}` };
  },
});
