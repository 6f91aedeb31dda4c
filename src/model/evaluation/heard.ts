/** @file Sounds as a classifier hears them, whatever a model sees of them. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { DataKindRecord } from '../../catalog/data-kinds/data-kind.ts';
import { dataKindOf } from '../../catalog/data-kinds/find.ts';
import { sampleShape, type DataSet } from '../../data/dataset.ts';
import type { Host } from '../host.ts';
import type { TrainedModel } from '../trained.ts';
import { foundOf, type Classified, type Found } from './class-accuracy.ts';
import { classifierExtractor, haveClasses, type Extractor, type Features } from './feature-extractor.ts';

/** Some samples of a set. */
interface Part {
  readonly set: DataSet;
  readonly rows: readonly number[];
}

/** Samples and real ones, beside the features by which they are compared. */
interface Request {
  readonly samples: Part;
  readonly parts: Readonly<Record<'reference' | 'real', Part>>;
  readonly features?: Features | undefined;
  readonly catalog?: Catalog | undefined;
}

/** The classifier of a request whose samples become waves, and whether it sees what the model of the samples does. */
interface Hearing {
  readonly classifier: TrainedModel;
  readonly kind: DataKindRecord;
  readonly alike: boolean;
}

function hearingOf({ samples, features, catalog }: Request): Hearing | undefined {
  const kind = dataKindOf(samples.set, catalog);
  if (kind.heard === undefined || features === undefined || !haveClasses(features)) return undefined;
  const { trained: classifier } = features;
  return { classifier, kind, alike: classifier.data.shape.join() === sampleShape(samples.set).join() };
}

/** What a kind says of what is heard; undefined of kinds that say nothing. */
function* heardIn(kind: DataKindRecord, part: Part, { data }: TrainedModel): Generator<number, DataSet | undefined> {
  return kind.heard === undefined ? undefined : yield* kind.heard(part, data);
}

const allOf = (set: DataSet): readonly number[] => Array.from({ length: set.count }, (_, row) => row);

/** Waves as a classifier of their spectrograms sees them; undefined where it sees what the model does, or cannot see them. */
export function asHeard<R extends Request>(request: R): R | undefined {
  const hearing = hearingOf(request);
  if (hearing === undefined || hearing.alike) return undefined;
  const { kind, classifier } = hearing;
  const of = <P extends Part>(part: P): P | undefined => {
    const steps = heardIn(kind, part, classifier);
    let next = steps.next();
    while (next.done !== true) next = steps.next();
    return next.value && { ...part, set: next.value, rows: allOf(next.value) };
  };
  const [samples, reference, real] = [of(request.samples), of(request.parts.reference), of(request.parts.real)];
  return samples && reference && real ? { ...request, samples, parts: { reference, real } } : undefined;
}

/**
 * How often a classifier finds the classes of the waves that samples and real ones become, where a model draws something else; undefined elsewhere. Yields the
 * part that is done.
 */
export async function* heardAccuracy(host: Host, request: Request): AsyncGenerator<number, Found | undefined> {
  const hearing = hearingOf(request);
  if (hearing?.alike !== true) return undefined;
  const { classifier, kind } = hearing;
  const extractor = await classifierExtractor(await host.backend(1), classifier, classifier.data.shape);
  try {
    const of = async function* (part: Part, from: number): AsyncGenerator<number, Classified | undefined> {
      const steps = heardIn(kind, part, classifier);
      let next = steps.next();
      for (; next.done !== true; next = steps.next()) yield from + next.value / 2;
      return next.value && (await classified(extractor, next.value));
    };
    const samples = yield* of(request.samples, 0);
    const reference = samples && (yield* of(request.parts.reference, 1 / 2));
    if (samples === undefined || reference === undefined) return undefined;
    const found = foundOf(samples, reference, extractor.classes);
    return found && { samples: found.samples, reference: found.reference };
  } finally {
    await extractor.dispose();
  }
}

async function classified(extractor: Extractor, set: DataSet): Promise<Classified> {
  const rows = allOf(set);
  return { set, rows, found: (await extractor.of(set, rows)).labels };
}
