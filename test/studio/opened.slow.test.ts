/** @file What the page says of models before they restore anything. */
import { expect, it } from 'vitest';
import { modelNames, openModel } from '../../src/node.ts';
import { factsOf } from '../../src/studio/work/opened.ts';

it('models of images restore, students of latents say why they do not', async () => {
  const models = await Promise.all(modelNames().map((name) => openModel(name, { threads: 1 })));
  const drawing = models.filter(({ trained }) => trained.task === 'score');
  expect(drawing.length).toBeGreaterThan(4);
  for (const model of drawing) {
    const { name, problem } = factsOf(model);
    if (name === 'emoji-64-distilled') expect(problem).toMatch(/is a student of latents: .*; give the teacher/);
    else expect([name, problem]).toEqual([name, undefined]);
  }
});
