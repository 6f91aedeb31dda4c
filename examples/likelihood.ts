/** @file How likely a picture is under a model, in bits per dimension. */
import { openDataSet, openModel } from 'scorefield/node';

const model = await openModel('emoji');
const faces = await openDataSet('emoji', { group: 'faces', size: 32 });
const { mean, evaluations } = await model.logLikelihood(faces, { rows: [3], tolerance: 1e-2 });
console.log(`${mean.value.toFixed(2)} bits/dim in ${evaluations[0]} evaluations`);
