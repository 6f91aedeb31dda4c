/** @file What the tab Restore computes: posterior samples by up to three methods, or pictures from a class or from words alone. */
import { computed, effect, signal } from '@preact/signals';
import type { Image } from '../../../plot/png.ts';
import type { State } from '../../state/address.ts';
import { ownPicture } from '../../state/own.ts';
import { unpack } from '../../state/packed.ts';
import { noteFault, state } from '../../state/state.ts';
import { latest, Stopped, type Job } from '../../work/connect.ts';
import type { ModelJobs } from '../../work/model-worker.ts';
import type { MethodFacts, ModelAsk, ModelFacts, PictureAsk } from '../../work/opened.ts';
import type { DrawResult, DrawStep, RestoreResult, TaskAsk } from '../../work/restore.ts';
import { models } from '../../work/workers.ts';
import { askedEvaluations } from '../trained/asked-evaluations.ts';
import { facts, followModel, modelAsk, pictureAsk } from '../trained/models.ts';

/** Posterior samples of each method. */
export const sampleCount = 4;

/** One method, or the model alone. */
export interface Attempt {
  readonly name: string;
  /** The part that is done, 0 to 1. */
  readonly fraction: number;
  readonly samples: readonly Image[];
  /** The samples of each step so far. */
  readonly history: readonly (readonly Image[])[];
  readonly result?: RestoreResult | undefined;
  readonly drawn?: DrawResult | undefined;
  readonly problem?: string | undefined;
}

/** The picture, and what is measured of it. */
export const subject = signal<{ readonly truth: Image; readonly measured: Image | undefined } | undefined>(undefined);
/** The methods that there are for the task. */
export const methods = signal<readonly MethodFacts[]>([]);
/** The method that suits the task. */
const suited = signal('ddrm');
/** What was tried. */
export const attempts = signal<readonly Attempt[]>([]);
/** Whether something is being drawn. */
export const busy = signal(false);

/** The task of the address; undefined for nothing measured. */
function taskAsk({ task, mask, factor, angles }: State, { shape }: ModelFacts): TaskAsk | undefined {
  if (task === 'nothing') return undefined;
  const own = {
    inpaint: { mask: maskOf(mask, shape) },
    superres: { factor },
    ct: { angles },
    colorize: {},
    deblur: {},
  };
  return { task, ...own[task] };
}

/** Known pixels of the address; undefined for the box of the task. */
export function maskOf(mask: string, [, height = 1, width = 1]: readonly number[]): Uint8Array | undefined {
  return mask === '' ? undefined : unpack(mask, 1, height * width);
}

/** Methods that are asked for. */
export const chosenMethods = computed(() => (state.value.methods.length > 0 ? state.value.methods : [suited.value]));

/** Everything that results depend on, as the address has it. */
const asked = computed(() => {
  const { picture, task, mask, factor, angles, noise, evals, given, guide, seed } = state.value;
  const own = picture === 'own' ? ownPicture.value?.name : '';
  return JSON.stringify({ picture, own, task, mask, factor, angles, noise, evals, given, guide, seed });
});

interface ShownAsk extends ModelAsk {
  readonly picture: PictureAsk;
  readonly task: TaskAsk | undefined;
}

const askShown = latest((ask: ShownAsk) => models.start('shown', ask).result, {
  use: (found) => (subject.value = found),
  failed: noteFault,
});
const askMethods = latest((ask: ModelAsk & { readonly task: TaskAsk }) => models.start('methods', ask).result, {
  use: (found) => {
    methods.value = found.methods;
    suited.value = found.suited;
  },
  failed: noteFault,
});

let round = 0;
let job: Job<ModelJobs['restore'] | ModelJobs['draw']> | undefined;

/** Ends what is being drawn. */
export function stopDrawing(): void {
  round += 1;
  job?.stop();
  job = undefined;
  busy.value = false;
}

/** Draws what the address asks for, in the place of what is being drawn. */
export async function drawAll(): Promise<void> {
  const own = facts.peek();
  if (own === undefined) return;
  stopDrawing();
  const mine = round;
  const now = state.peek();
  const picture = pictureAsk(now.picture, own);
  const task = taskAsk(now, own);
  if (task !== undefined && (picture === undefined || own.problem !== undefined)) {
    attempts.value = [];
    return;
  }
  const names = task === undefined ? [own.sampler] : chosenMethods.peek();
  attempts.value = names.map((name) => ({ name, fraction: 0, samples: [], history: [] }));
  busy.value = true;
  const { given, guide, seed, noise } = now;
  const common = { ...modelAsk.peek(), given, guide, seed, count: sampleCount, nfe: askedEvaluations(now, own) };
  for (const [i, name] of names.entries()) {
    const put = (values: Partial<Attempt>): void => {
      if (mine === round) attempts.value = attempts.peek().map((one, k) => (k === i ? { ...one, ...values } : one));
    };
    const history: (readonly Image[])[] = [];
    const step = ({ fraction, samples }: DrawStep): void => {
      history.push(samples);
      put({ fraction, samples, history });
    };
    try {
      if (task === undefined || picture === undefined) {
        const drawing = models.start('draw', common, step);
        job = drawing;
        const drawn = await drawing.result;
        put({ drawn, samples: drawn.samples, fraction: 1 });
      } else {
        const drawing = models.start('restore', { ...common, picture, task, noise, method: name }, step);
        job = drawing;
        const result = await drawing.result;
        put({ result, samples: result.samples, fraction: 1 });
      }
    } catch (error) {
      if (error instanceof Stopped || mine !== round) return;
      put({ problem: error instanceof Error ? error.message : String(error) });
    }
  }
  if (mine === round) busy.value = false;
}

/** Computes what is seen for as long as the tab is. */
export function followRestoring(): () => void {
  const stops = [
    followModel(),
    effect(() => {
      const own = facts.value;
      const now = JSON.parse(asked.value) as State;
      if (own === undefined) return;
      const task = own.problem === undefined ? taskAsk(now, own) : undefined;
      const picture = pictureAsk(now.picture, own);
      subject.value = undefined;
      if (picture !== undefined && now.task !== 'nothing') askShown({ ...modelAsk.peek(), picture, task });
      if (task !== undefined) askMethods({ ...modelAsk.peek(), task });
    }),
    effect(() => {
      if (facts.value === undefined) stopDrawing();
      else if (asked.value !== '' && chosenMethods.value.length > 0) void drawAll();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    stopDrawing();
  };
}
