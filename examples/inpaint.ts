/** @file Half of a picture is hidden; four guesses at what it was, beside the classical ways. */
import { openDataSet, openModel } from 'scorefield/node';

const model = await openModel('emoji');
const image = await openDataSet('emoji', { group: 'faces', size: 32 });
const restored = await model.restore({ task: 'inpaint', mask: 'half', image, rows: [3] }, { count: 4, nfe: 20 });
await restored.save('sheet.png');
console.log('PSNR of the mean:', restored.quality.columns['mean']?.[0]?.psnr);
