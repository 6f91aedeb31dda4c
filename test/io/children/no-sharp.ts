/** @file Asks for a PNG where sharp cannot be found, and prints what it is told. */
import type * as Svg from '../../../src/io/svg.ts';

const { svgToPng } = (await import(`${process.argv[2]!}/src/io/svg.ts`)) as typeof Svg;
await svgToPng('<svg/>').catch((error: unknown) =>
  console.log(`${(error as Error).name}: ${(error as Error).message}`),
);
