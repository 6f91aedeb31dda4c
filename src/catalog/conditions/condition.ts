/** @file The record of what a network is conditioned on. */
import type * as v from 'valibot';
import type { TextCoding } from '../../data/texts/text-coding.ts';
import type { Texts } from '../../data/texts/words.ts';
import type { DecidingData } from '../data-kinds/data-kind.ts';
import type { Named } from '../named.ts';
import type { OptionValues, Plain } from '../option.ts';

/** What a network is conditioned on: how samples become the rows `[B, K]` that it reads. */
export interface ConditionRecord<
  Name extends string = string,
  Options extends v.ObjectEntries = v.ObjectEntries,
> extends Named<Name> {
  readonly options: Options;
  /** Options of the network where the rows are computed from the samples themselves, as their kind of data does (`SetKind.portraits`), before the data are known too. */
  net?(set: DecidingData): Plain;
  /** Name of the network that series have with it unless another one is asked for. Default that of their kind. */
  readonly network?: string;
  /** How texts become rows, from the texts of the data of a training; a condition with neither is on classes, whose rows are one-hot. */
  coding?(texts: Texts, options: OptionValues<Options>): TextCoding;
}

/** A record of a condition. */
export function condition<const Name extends string, const Options extends v.ObjectEntries>(
  record: ConditionRecord<Name, Options>,
): ConditionRecord<Name, Options> {
  return Object.freeze(record);
}
