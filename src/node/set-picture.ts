/** @file A picture of a data set. */
import { tensor } from '../base/tensor.ts';
import { shortened } from '../base/words.ts';
import { firstOf, type DataSet } from '../data/dataset.ts';
import { encodePng, imageGrid } from '../plot/png.ts';
import { svgToPng } from '../plot/svg-png.ts';
import { scatterPlot } from '../model/samples/scatter-plot.ts';

/** Characters that fit above one plot. */
const titleCharacters = 38;

/**
 * The first n samples of a set as PNG: a grid of images, or a scatter plot of points.
 * @throws UnsupportedError if a plot is to be drawn and the package sharp is not there.
 */
export async function setPicture(set: DataSet, n: number): Promise<Uint8Array> {
  const shown = firstOf(set, n);
  if (shown.kind === 'images') return encodePng(imageGrid(shown));
  const x = tensor(shown.values, [shown.count, shown.dimension]);
  return svgToPng(scatterPlot(x, { title: shortened(set.name, titleCharacters), labels: shown.labels }));
}
