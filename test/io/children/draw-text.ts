import { svgToPng } from '../../../src/plot/svg-png.ts';

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text x="5" y="20">text</text></svg>';
await svgToPng(svg);
