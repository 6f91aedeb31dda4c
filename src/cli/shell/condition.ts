/** @file What samples are conditioned on, by the options of a command. */
import { checkOptions } from '../../base/check.ts';
import { anyOf } from '../../base/words.ts';
import { guidances } from '../../catalog/guidances/index.ts';
import { namesOf } from '../../catalog/named.ts';
import type { ConditionInfo, ConditionOptions } from '../../model/condition.ts';
import type { Model } from '../../model/model.ts';
import { unknownText } from '../../model/text-condition.ts';
import type { EngineOptions } from '../../node/host.ts';
import { option } from './command.ts';
import { namedOptions, namedValues } from './named-options.ts';
import { nameAmong, noise, path } from './parsers.ts';
import { terminal } from './terminal.ts';

/** Of commands that draw samples of a class or a text. */
export const conditionOptions = {
  guidance: option(
    '--guidance <W>',
    'guidance scale w of s + w (s_c - s): 0 ignores the class or text c, 1 takes it as the data have it, above 1 exaggerates it (default: 1)',
    noise,
  ),
  classifier: option(
    '--classifier <RUN2>',
    'run of a classifier (`train --task classifier`) that guides to the class, s + W grad log p(class) (default: the classes that RUN itself knows)',
    path,
  ),
  'guidance.guide': option(
    '--guide <RUN2>',
    'weaker model of the same data and process, such as a smaller network or one of few steps, that samples are guided away from, s_weak + W (s - s_weak) (default: none)',
    path,
  ),
  'guidance.method': option(
    '--guidance-method <M>',
    `${anyOf(namesOf(guidances))} (default: what --guide or --classifier is for, else ${guidances[0].name})`,
    nameAmong(namesOf(guidances)),
  ),
  ...namedOptions('guidance', guidances),
} as const;

/** The values of `conditionOptions`. */
export interface ConditionValues {
  readonly guidance: number | undefined;
  readonly classifier: string | undefined;
  readonly [option: `guidance.${string}`]: unknown;
}

/** What a report says of a condition. */
export function conditionReport(
  { guidance, method, options }: ConditionInfo,
  { classifier, 'guidance.guide': guide }: ConditionValues,
): object {
  return { guidance, guidanceMethod: method, ...options, classifier, guide };
}

/** Says on stderr which words of the texts of a model it does not know, so that stdout has the same lines in any case. */
export function sayUnknown({ condition, info }: Model): void {
  const note = unknownText(condition?.unknownWords ?? [], (info.texts?.buckets ?? 0) > 0);
  if (note !== undefined) terminal({ json: true }).line(`note: ${note}`);
}

/** What the options ask for besides the class or the text; undefined where none of them is given. */
export async function guidanceFrom(
  values: ConditionValues,
  engine: EngineOptions,
): Promise<Pick<ConditionOptions<Model>, 'guidance' | 'classifier'> | undefined> {
  const { guidance: scale, classifier } = values;
  const { guide, ...own } = namedValues('guidance', values);
  checkOptions([
    guide === undefined || classifier === undefined,
    'guidance.guide',
    'expected --guide or --classifier, got both',
  ]);
  if (scale === undefined && classifier === undefined && guide === undefined && Object.keys(own).length === 0)
    return undefined;
  const { openModel } = await import('../../node/open-model.ts');
  return {
    guidance: { ...own, scale, guide: typeof guide === 'string' ? await openModel(guide, engine) : undefined },
    classifier: classifier === undefined ? undefined : await openModel(classifier, engine),
  };
}
