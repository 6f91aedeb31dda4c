/** @file Which rounds of a distillation follow a guided teacher. */
import { expect, it } from 'vitest';
import { distillationRounds, requirePairsFit } from '../../src/model/distillation-plan.ts';

const guidanceOf = (method: Parameters<typeof distillationRounds>[0]): readonly unknown[] =>
  distillationRounds(method, { guidance: 2.5 }).map(({ loss }) => loss['guidance']);

it('the first round of progressive distillation guides its teacher, those after it have students that are guided already', () => {
  expect(guidanceOf('progressive')).toEqual([2.5, undefined, undefined]);
  expect(guidanceOf('consistency')).toEqual([2.5]);
  // Their pairs are drawn guided.
  expect([guidanceOf('luhman'), guidanceOf('reflow')]).toEqual([[undefined], [undefined]]);
});

it('guides what knows classes, by methods that follow it', () => {
  const teacher = (classes: number) => ({ net: { classes } }) as Parameters<typeof requirePairsFit>[0];
  const asked = (method: 'progressive' | 'easy-consistency', classes: number) => () =>
    requirePairsFit(teacher(classes), 'runs/clothes', { method, guidance: 2 });
  expect(asked('progressive', 10)).not.toThrow();
  expect(asked('progressive', 0)).toThrow(
    /guidance: expected a teacher of classes or texts to guide, runs\/clothes knows none/,
  );
  expect(asked('easy-consistency', 10)).toThrow(
    /guidance: is of methods that follow a teacher, got it for easy-consistency/,
  );
});
