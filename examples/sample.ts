/** @file Samples of a model that comes with the package. */
import { openModel } from 'scorefield/node';

const model = await openModel('emoji');
const { samples } = await model.sample({ count: 4, seed: 1 });
await samples.save('faces.png');
