/** @file Samples of a model that comes with the package. */
import { openModel } from 'scorefield/node';

const model = await openModel('emoji');
const cats = model.given({ text: 'cat with heart eyes', guidance: 2 });
const { samples } = await cats.sample({ count: 4, seed: 1 });
await samples.save('cats.png');
