/** @file Asks for a PNG where sharp cannot be found, and prints what it gets. */
import type * as Svg from '../../../src/plot/svg-png.ts';

const { svgToPng } = (await import(`${process.argv[2]!}/src/plot/svg-png.ts`)) as typeof Svg;
await svgToPng('<svg/>').catch((error: unknown) =>
  console.log(`${(error as Error).name}: ${(error as Error).message}`),
);
