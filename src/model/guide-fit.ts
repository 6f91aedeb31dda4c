/** @file Whether a second network fits the model that it guides. */
import { checkOptions } from '../base/check.ts';
import type { Scaler } from '../data/scaler.ts';
import { noiseRatio } from '../sde/time/noise-ratio.ts';
import type { TrainedModel } from './trained.ts';

/** @throws ConfigError unless the classifier has seen samples of the model's shape and range, at all of its noise levels. */
export function requireClassifier({ data, process: { sde } }: TrainedModel, classifier: TrainedModel): void {
  const { sde: seen } = classifier.process;
  requireShape('classifier', data, classifier);
  const [low, high] = [noiseRatio(sde, sde.tEnd), noiseRatio(sde, sde.tMax)];
  const [least, most] = [noiseRatio(seen, seen.tMin), noiseRatio(seen, seen.tMax)];
  const range = (a: number, b: number): string => `${a.toPrecision(3)} to ${b.toPrecision(3)}`;
  checkOptions(
    [sameScaler(data, classifier.data), 'classifier', otherScaling(data.scaler, classifier.data.scaler)],
    [
      least <= low && high <= most,
      'classifier',
      `expected one trained at noise ratios ${range(low, high)}, got ${range(least, most)}; train one with another --sde`,
    ],
  );
}

/** @throws ConfigError unless the weaker model has learned the score of the same data with the same process. */
export function requireWeaker({ data, process, config }: TrainedModel, weaker: TrainedModel): void {
  requireShape('guidance.guide', data, weaker);
  const [own, other] = [config.data.ref, weaker.config.data.ref];
  checkOptions(
    [
      own === other || data.fingerprint === weaker.data.fingerprint,
      'guidance.guide',
      `expected one trained on the data of the run, ${own}; ${weaker.name} was trained on ${other}`,
    ],
    [sameScaler(data, weaker.data), 'guidance.guide', otherScaling(data.scaler, weaker.data.scaler)],
    [
      JSON.stringify(config.sde) === JSON.stringify(weaker.config.sde) && !weaker.sampling.oneLevel,
      'guidance.guide',
      `expected a model with the process of the run, ${process.sde.kind} with its options, got ${weaker.process.sde.kind} with others; train one with the same --sde`,
    ],
  );
}

type Data = Pick<TrainedModel['data'], 'shape' | 'scaler'>;

function requireShape(path: string, { shape }: Data, { data, config }: TrainedModel): void {
  const same = JSON.stringify(data.shape) === JSON.stringify(shape);
  const what = config.task === 'classifier' ? 'classifier' : 'model';
  checkOptions([
    same,
    path,
    `expected a ${what} of samples [${shape.join(', ')}], got one of [${data.shape.join(', ')}]`,
  ]);
}

function sameScaler(a: Data, b: Data): boolean {
  return JSON.stringify(a.scaler) === JSON.stringify(b.scaler);
}

function few(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 3).map((value) => String(Number(value.toPrecision(3))));
  return `${shown.join(', ')}${numbers.length > 3 ? ', …' : ''}`;
}

/** Why a network cannot guide a model whose samples have another scaling: images by their range, points by their moments. */
function otherScaling(own: Scaler, other: Scaler): string {
  if (own.kind !== other.kind)
    return `expected one trained with range=${own.kind}, as the run was, got range=${other.kind}; train one with --set range=${own.kind}`;
  const moments = ({ factor, shift }: Scaler): string =>
    `mean ${few(shift)} and standard deviation ${few([factor].flat().map((one) => 1 / one))}`;
  return (
    `expected one trained on the data of the run, of ${moments(own)}; this one was trained on other data, of ${moments(other)}; ` +
    'train one on the same data'
  );
}
