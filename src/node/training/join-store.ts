/** @file The training of a member that comes to a training in a store, which another one leads. */
import { checkOptions } from '../../base/check.ts';
import { GroupError } from '../../base/errors.ts';
import { key } from '../../base/key.ts';
import { plural } from '../../base/words.ts';
import { enginesFor } from '../../model/host.ts';
import { layout } from '../../nn/network.ts';
import { openDataSet } from '../../run/data-sets.ts';
import { limitOf } from '../../run/limit.ts';
import type { Round } from '../../train/rounds.ts';
import { train, type TrainPoint } from '../../train/train.ts';
import { nodeHost } from '../host.ts';
import { follower, type End, type Follower, type PlannedRound } from '../store/follow.ts';
import type { Member } from '../store/open-store.ts';
import { decodePoint, encodePoint, readPoint } from '../store/point-bytes.ts';
import { askedFor, neededBy, type TrainingChoice } from './asked.ts';
import { withLatents } from './latents.ts';
import type { TrainOutcome, TrainRunControl, TrainRunStep } from './loop.ts';
import type { OpenSet, Prepared } from './prepared.ts';
import { preparedFrom } from './resume.ts';

/** What a member that follows is asked for. */
type Joined = TrainingChoice & TrainRunControl & { readonly open?: OpenSet | undefined };

const failed = 'the first member of this training has failed; start it again with --resume, and then this one';

/**
 * Takes part in the training of a store until it ends, or this member is asked to stop.
 * @throws ConfigError if the data or the options are not those of the training.
 * @throws GroupError if the first member ends without a word, or does not come back.
 */
export async function* joinTraining(
  ref: string,
  options: Joined,
  { store, own, patience }: Pick<Member, 'store' | 'own'> & { readonly patience: number },
): AsyncGenerator<TrainRunStep, TrainOutcome> {
  const { onStart, onNote, stopRequested = () => false } = options;
  const started = performance.now();
  const asked = askedFor(ref, options);
  const host = nodeHost(options);
  await host.backend(1);
  const following = follower({ store, own, patience, stopRequested, onNote });
  onNote?.(`member ${own.name} of the training in ${store.name}`);
  const found = await following.started();
  if (found === 'failed') throw new GroupError(failed);
  if (typeof found === 'string') return outcomeOf(undefined, { own, started, end: found });
  const { training, from: bytes } = found;
  checkOptions([
    options.localSteps === undefined || options.localSteps === training.localSteps,
    'local-steps',
    `this training has ${training.localSteps}, got ${String(options.localSteps)}; leave it out`,
  ]);
  const file = `${store.name}: the point where it begins`;
  const others = (set: string): string =>
    `expected the data of the other members of the training in ${store.name}, ${set} contains others; give all the same files`;
  const joined = await preparedFrom(
    { folder: store.name, config: training.config, env: {} },
    decodePoint(bytes, file),
    asked,
    { needs: neededBy(options, asked), open: options.open ?? openDataSet, file, changed: others, moved: others },
  );
  const engines = await enginesFor(host, joined.set);
  const prepared = await withLatents(joined, engines.backend);
  const first = await following.next();
  if (first === 'failed') throw new GroupError(failed);
  if (typeof first === 'string') return outcomeOf(prepared, { own, started, end: first });
  onStart?.({
    ...{ run: prepared.run, config: prepared.config, set: joined.set, follower: true, over: false },
    ...{ parameters: layout(prepared.training.net).trained, step: first.standing.from },
  });
  const taken = firstTaken(first, prepared);
  onNote?.(
    `member ${own.name} takes part from step ${taken.round.from.step} on, as one of ${plural(taken.round.size, 'member')}`,
  );
  const rounds = roundsOf(following, prepared, { own, taken });
  const { set, config, training: how } = prepared;
  const limit = limitOf(config);
  const seconds = (): number => (performance.now() - started) / 1000;
  const steps = train({
    ...how,
    ...engines,
    ...{ set, batch: config.train.batch, key: key(config.train.seed) },
    spent: () => rounds.now().standing.spent,
    round: taken.round,
    meet: async (step, point) => (stopRequested() ? rounds.leave() : rounds.meet(step, point)),
  });
  let last: Pick<TrainPoint, 'step' | 'smoothedLoss'> = taken.round.from;
  for await (const { step, loss, smoothedLoss, gradientNorm } of steps) {
    last = { step, smoothedLoss };
    if (rounds.end() !== undefined) break;
    const perStep = seconds() / Math.max(1, step - taken.round.from.step);
    yield {
      ...{ step, loss, smoothedLoss, gradientNorm },
      fraction: limit.fraction(step, 0),
      secondsLeft: limit.left(step, 0, perStep),
      samplesPerSecond: config.train.batch / perStep,
    };
  }
  const end = rounds.end() ?? 'left';
  if (end === 'failed') throw new GroupError(failed);
  onNote?.(
    end === 'left'
      ? `member ${own.name} has left the training; come back with the same command`
      : `the first member has ended the training: ${end === 'done' ? 'done' : 'stopped and saved'}`,
  );
  return outcomeOf(prepared, { own, started, end, last, from: taken.round.from.step });
}

/** A round that a member takes part in. */
interface Taken {
  readonly standing: PlannedRound['standing'];
  readonly round: Round;
}

function firstTaken({ standing, from, rank }: PlannedRound, { training }: Prepared): Taken {
  const { point } = readPoint(from, 'the point of a round', training.net);
  return { standing, round: { from: point, rank, size: standing.members.length } };
}

/** The rounds of a member, one after another. */
function roundsOf(
  following: Follower,
  prepared: Prepared,
  { own, taken }: { readonly own: Member['own']; readonly taken: Taken },
) {
  let now = taken;
  let ended: End | undefined;
  const next = async (): Promise<Round | undefined> => {
    const planned = await following.next();
    if (typeof planned === 'string') {
      ended = planned;
      return undefined;
    }
    now = firstTaken(planned, prepared);
    return now.round;
  };
  return {
    now: () => now,
    end: () => ended,
    leave: (): undefined => {
      ended = 'left';
      return undefined;
    },
    meet: async (step: number, point: () => Promise<TrainPoint>): Promise<Round | undefined> => {
      if (step < now.standing.until) return (await following.goesOn()) ? undefined : next();
      await following.give(encodePoint(await point(), prepared.summary, own.claim.token));
      return next();
    },
  };
}

function outcomeOf(
  prepared: Prepared | undefined,
  {
    own,
    started,
    end,
    last = { step: 0, smoothedLoss: NaN },
    from = last.step,
  }: {
    readonly own: Member['own'];
    readonly started: number;
    readonly end: End;
    readonly last?: Pick<TrainPoint, 'step' | 'smoothedLoss'>;
    readonly from?: number;
  },
): TrainOutcome {
  const seconds = (performance.now() - started) / 1000;
  const batch = prepared?.config.train.batch ?? 0;
  return {
    run: prepared?.run.folder ?? '',
    task: prepared?.config.task ?? '',
    ...last,
    seconds,
    imagesPerSecond: ((last.step - from) * batch) / seconds,
    interrupted: end === 'left' || end === 'stopped',
    follower: true,
    member: own.name,
  };
}
