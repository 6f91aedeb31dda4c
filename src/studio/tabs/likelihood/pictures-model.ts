/** @file How likely a model finds pictures of several kinds, one kind after the other. */
import { computed, effect, signal } from '@preact/signals';
import type { Image } from '../../../plot/png.ts';
import type { State } from '../../state/address.ts';
import { ownPicture } from '../../state/own.ts';
import { state } from '../../state/state.ts';
import { Stopped, type Job } from '../../work/connect.ts';
import type { Judged } from '../../work/judge.ts';
import type { ModelJobs } from '../../work/model-worker.ts';
import type { GroupAsk, ModelFacts } from '../../work/opened.ts';
import { models } from '../../work/workers.ts';
import { emojiOffered, facts, followModel, modelAsk, pictureAsk } from '../trained/models.ts';
import { colorsOf, paintOf } from './paint.ts';

/** Pictures of each kind. */
export const pictureCount = 4;

/** A kind of pictures, with what is known of it. */
export interface Kind {
  readonly title: string;
  readonly group: GroupAsk;
  readonly fraction: number;
  readonly images: readonly Image[];
  readonly result?: Judged | undefined;
  readonly problem?: string | undefined;
}

/** The kinds, in their order. */
export const kinds = signal<readonly Kind[]>([]);
/** Whether something is being computed. */
export const busy = signal(false);

/** The kinds that a state asks for. */
function groupsOf(
  { seed, paint, picture }: Pick<State, 'seed' | 'paint' | 'picture'>,
  own: ModelFacts,
): readonly Pick<Kind, 'title' | 'group'>[] {
  const count = pictureCount;
  const dropped = picture === 'own' ? pictureAsk(picture, own) : undefined;
  return [
    { title: 'draws of the model', group: { kind: 'draws', seed, count } },
    { title: 'drawn', group: { kind: 'colors', data: colorsOf(paintOf(paint, own.shape), own.shape), count } },
    ...(dropped?.kind === 'colors' ? [{ title: 'your own', group: { ...dropped, count } }] : []),
    { title: 'emoji', group: { kind: 'emoji', rows: emojiOffered.slice(0, count) } },
    { title: 'plain gray', group: { kind: 'plain', gray: 128, count } },
    { title: 'noise', group: { kind: 'noise', seed, count } },
  ];
}

const asked = computed(() => {
  const { seed, paint, picture, tolerance } = state.value;
  return JSON.stringify({ seed, paint, picture, tolerance, own: picture === 'own' ? ownPicture.value?.name : '' });
});

let round = 0;
let job: Job<ModelJobs['judge']> | undefined;

/** Ends what is being computed. */
export function stopJudging(): void {
  round += 1;
  job?.stop();
  job = undefined;
  busy.value = false;
}

/** Judges all kinds; those of which nothing has changed keep their results. */
export async function judgeAll(): Promise<void> {
  const own = facts.peek();
  if (own === undefined) return;
  stopJudging();
  const mine = round;
  const { tolerance, seed, ...now } = state.peek();
  const model = modelAsk.peek();
  const keyOf = (group: GroupAsk): string => JSON.stringify([model.model, own.name, tolerance, seed, group]);
  const known = new Map(kinds.peek().flatMap((kind) => (kind.result ? [[keys.get(kind), kind] as const] : [])));
  kinds.value = groupsOf({ ...now, seed }, own).map((kind) => {
    const key = keyOf(kind.group);
    const made = known.get(key) ?? { ...kind, fraction: 0, images: [] };
    keys.set(made, key);
    return made;
  });
  busy.value = true;
  for (const [i, { group, result }] of kinds.peek().entries()) {
    if (result !== undefined) continue;
    const put = (values: Partial<Kind>): void => {
      if (mine !== round) return;
      kinds.value = kinds.peek().map((one, k) => {
        if (k !== i) return one;
        const next = { ...one, ...values };
        keys.set(next, keyOf(group));
        return next;
      });
    };
    try {
      job = models.start('judge', { ...model, group, tolerance, seed }, put);
      const found = await job.result;
      put({ result: found, images: found.images, fraction: 1 });
    } catch (error) {
      if (error instanceof Stopped || mine !== round) return;
      put({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
  if (mine === round) busy.value = false;
}

/** What each kind was asked with. */
const keys = new WeakMap<Kind, string>();

/** Computes what is seen for as long as it is. */
export function followPictures(): () => void {
  const stops = [
    followModel(),
    effect(() => {
      if (facts.value === undefined) stopJudging();
      else if (asked.value !== '') void judgeAll();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    stopJudging();
  };
}
