/** @file The worker of trained models: they are opened, restore pictures, draw some, and say how likely pictures are. */
import { factsOf, methodsFor, openedModels, type ModelAsk, type ModelFacts, type PictureAsk } from './opened.ts';
import { draw, restore, shown, taskFor, type DrawAsk, type DrawResult, type DrawStep, type RestoreAsk, type RestoreResult, type TaskAsk } from './restore.ts'; // prettier-ignore
import { judge, type Judged, type JudgeAsk, type JudgeStep } from './judge.ts';
import { pageBackend } from './page-backend.ts';
import { pageFolder } from './page-folder.ts';
import { serve } from './serve.ts';
import { pictureThreads } from './threads.ts';
import type { Image } from '../../plot/png.ts';

/** Its jobs. */
export type ModelJobs = {
  readonly facts: { ask: ModelAsk; step: never; result: ModelFacts; note: never };
  readonly methods: {
    ask: ModelAsk & { readonly task: TaskAsk };
    step: never;
    result: ReturnType<typeof methodsFor>;
    note: never;
  };
  readonly shown: {
    ask: ModelAsk & { readonly picture: PictureAsk; readonly task: TaskAsk | undefined };
    step: never;
    result: { readonly truth: Image; readonly measured: Image | undefined };
    note: never;
  };
  readonly emoji: { ask: readonly number[]; step: never; result: readonly Image[]; note: never };
  readonly restore: { ask: RestoreAsk; step: DrawStep; result: RestoreResult; note: never };
  readonly judge: { ask: JudgeAsk; step: JudgeStep; result: Judged; note: never };
  readonly draw: { ask: DrawAsk; step: DrawStep; result: DrawResult; note: never };
};

const opened = openedModels(pageBackend(pictureThreads()), pageFolder);

serve<ModelJobs>({
  facts: async function* (ask) {
    return factsOf(await opened.open(ask));
  },
  methods: async function* ({ task, ...ask }) {
    const model = await opened.open(ask);
    return methodsFor(model, taskFor(model, task));
  },
  shown: (ask) => shown(opened, ask),
  emoji: async function* (rows) {
    return opened.emoji(rows);
  },
  restore: (ask) => restore(opened, ask),
  draw: (ask) => draw(opened, ask),
  judge: (ask) => judge(opened, ask),
});
