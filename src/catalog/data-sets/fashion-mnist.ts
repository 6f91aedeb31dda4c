/** @file The data set `fashion-mnist`, by its name. */
import type { StandardSet } from '../../data/sets/standard-set.ts';
import { dataSet } from './data-set.ts';
import { ofDownloads, ofFiles, ofImages } from './options.ts';

export const fashionMnistFiles: StandardSet = {
  name: 'fashion-mnist',
  description: 'photographs of clothes, 60,000 gray images of 28 x 28 in 10 classes',
  size: 28,
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
  ],
  files: {
    train: {
      images: {
        name: 'train-images-idx3-ubyte.gz',
        bytes: 26421880,
        sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      },
      labels: {
        name: 'train-labels-idx1-ubyte.gz',
        bytes: 29515,
        sha256: 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      },
    },
    test: {
      images: {
        name: 't10k-images-idx3-ubyte.gz',
        bytes: 4422102,
        sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      },
      labels: {
        name: 't10k-labels-idx1-ubyte.gz',
        bytes: 5148,
        sha256: '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
      },
    },
  },
  classNames: ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'ankle boot'],
  hint: 'or install the Debian package dataset-fashion-mnist',
};

export const fashionMnist = dataSet({
  name: 'fashion-mnist',
  description: fashionMnistFiles.description,
  citation: 'Xiao, Rasul and Vollgraf 2017',
  side: fashionMnistFiles.size,
  options: { ...ofImages, ...ofFiles, ...ofDownloads },
  open: (options, files) => files.standard(fashionMnistFiles, options),
});
