/** @file A new run that begins with the parameters of another: what it takes over, and the moment it begins from. */
import { ConfigError, InternalError } from '../base/errors.ts';
import { inLayoutOf, layout, type Network } from '../nn/network.ts';
import { paramsForEnds } from '../nn/with-end.ts';
import { roundedUp } from '../nn/unet/padding.ts';
import { sizeStep } from '../nn/unet/unet-options.ts';
import type { TrainPoint } from '../train/train.ts';
import type { LoadedRun } from './load.ts';
import type { DataKind } from '../catalog/config/defaults.ts';
import { classCount } from '../catalog/kinds.ts';
import type { Labeled } from '../data/dataset.ts';
import { withUnsaid } from '../catalog/data-kinds/find.ts';
import type { Plain } from '../catalog/option.ts';
import { part } from '../catalog/config/merge.ts';

type Source = Pick<LoadedRun, 'config' | 'data' | 'net' | 'point'>;

/**
 * What parameters mean, as a layer below what is asked for: the range of the data, the network, the SDE and the parametrization
 * of the run that they come from, and of a score of latents its autoencoder, unless another one is asked for. A part of which another kind is asked for stays away. Attention stays at its level of images
 * of another size.
 */
export function inherited({ config, data }: Source, set: DataKind & Labeled, asked: Plain): Plain {
  const { range, scale, condition: known, net: whole, sde, parametrization, latent } = withUnsaid(config, data);
  const bare = lacksCondition({ config, data }, set) && part(asked, 'condition')['kind'] === undefined;
  const condition = bare ? undefined : known;
  const net = bare ? { ...whole, classes: 0, classEmbedding: undefined } : whole;
  const [, height = 1, width = 1] = data.shape;
  const step = 'multipliers' in net ? sizeStep(net) : 1;
  const [size, own] = [Math.min(set.height ?? height, set.width ?? width), Math.min(height, width)];
  const growth = roundedUp(size, step) / roundedUp(own, step);
  const attention =
    'attention' in net ? net.attention?.map((at) => at * growth).filter((at) => Number.isInteger(at)) : undefined;
  const parts: Readonly<Record<string, Plain>> = {
    ...(condition && { condition }),
    net: { ...net, attention },
    sde,
    parametrization,
  };
  const kept = Object.entries(parts).filter(([name, { kind }]) =>
    [undefined, kind].includes(part(asked, name)['kind']),
  );
  const other = part(asked, 'latent')['run'] !== undefined;
  const coder = latent === undefined || other ? {} : { latent: { ...latent, pairs: undefined } };
  return { range, scale, ...coder, ...Object.fromEntries(kept) };
}

/** Whether a set has neither classes nor texts, of which the network of another run knows one or the other. */
function lacksCondition(
  { config: { net, task }, data }: Pick<Source, 'config' | 'data'>,
  { labels, texts }: Labeled,
): boolean {
  const knows = task === 'score' && classCount(net) > 0 && (data.texts !== undefined || data.classes !== undefined);
  return knows && labels === undefined && (texts ?? []).length === 0;
}

/**
 * The moment before the first step of a run that begins with the averaged parameters of another: they are both its parameters and
 * their average; the moments of the optimizer are zero. A network of steps also begins with the parameters of the same network without them, and one without classes
 * with those of a network of classes or texts, whose samples of which nothing is known are then all that there is.
 * @param ref - where the other one is, for the message
 * @throws ConfigError if a parameter of the network is not there under its name and in its shape.
 */
export function initialPoint(net: Network, source: Source, ref: string): TrainPoint {
  const {
    net: other,
    point: { state },
  } = net.classes === 0 ? withoutClasses(source) : source;
  const plain = other.ends === undefined ? net.withoutEnds?.() : undefined;
  const [expected, found] = [plain ?? net, other].map(namesWithShapes) as [readonly string[], readonly string[]];
  const length = Math.max(expected.length, found.length);
  const at = Array.from({ length }, (_, i) => i).find((i) => expected[i] !== found[i]);
  if (at !== undefined) {
    const [wanted = 'none', got = 'none'] = [expected[at], found[at]];
    const message = `expected parameters of the network ${net.kind} of this run, ${wanted}; ${ref} has ${got}; take the network, the channels, the classes and loss.variance as there, or leave --init away`;
    throw new ConfigError([{ path: 'init', message }]);
  }
  const { trained } = layout(net);
  const own = inLayoutOf(plain ?? net, other, { trained: state.ema, fixed: state.fixed });
  const { trained: ema, fixed } = plain === undefined ? own : paramsForEnds(net, plain, own);
  const moments = { m: new Float32Array(trained), v: new Float32Array(trained) };
  return { step: 0, smoothedLoss: NaN, state: { params: ema, ...moments, ema, fixed } };
}

function namesWithShapes({ params }: Network): readonly string[] {
  return params.map(({ name, shape }) => `${name} [${shape.join(', ')}]`);
}

/** A source whose network knows classes as one of the parameters that remain without them. */
function withoutClasses({ net, point, ...source }: Source): Source {
  const { withoutClasses: fold, ...other } = net;
  if (fold === undefined) return { net, point, ...source };
  const { segments } = layout(net);
  const { ema, fixed } = { ema: point.state.ema.slice(), fixed: point.state.fixed };
  fold((name) => {
    const found = segments.find((segment) => segment.name === name);
    if (found === undefined) throw new InternalError(`no parameter ${name} in ${net.kind}`);
    return ema.subarray(found.begin, found.end);
  });
  const kept = segments.filter(({ name }) => !name.startsWith('class.'));
  const trained = kept.filter(({ trainable }) => trainable).map(({ begin, end }) => ema.subarray(begin, end));
  const vector = new Float32Array(trained.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const values of trained) {
    vector.set(values, at);
    at += values.length;
  }
  return {
    ...source,
    net: { ...other, classes: 0, params: kept },
    point: { ...point, state: { ...point.state, ema: vector, fixed } },
  };
}
