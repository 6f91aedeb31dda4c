/** @file The data set `mnist`, by its name. */
import type { StandardSet } from '../../data/sets/standard-set.ts';
import { dataSet } from './data-set.ts';
import { ofDownloads, ofFiles, ofImages } from './options.ts';

export const mnistFiles: StandardSet = {
  name: 'mnist',
  description: 'handwritten digits, 60,000 gray images of 28 x 28 in 10 classes',
  size: 28,
  mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
  files: {
    train: {
      images: {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 9912422,
        sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      },
      labels: {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 28881,
        sha256: '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      },
    },
    test: {
      images: {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 1648877,
        sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      },
      labels: {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 4542,
        sha256: 'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
      },
    },
  },
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

export const mnist = dataSet({
  name: 'mnist',
  description: mnistFiles.description,
  citation: 'LeCun et al. 1998',
  side: mnistFiles.size,
  options: { ...ofImages, ...ofFiles, ...ofDownloads },
  open: (options, files) => files.standard(mnistFiles, options),
});
