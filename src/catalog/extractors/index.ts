/** @file The extractors of features that have a name. */
import { namesOf } from '../named.ts';
import type { ExtractorRecord } from './extractor.ts';
import { inception } from './inception.ts';
import { random } from './random.ts';

/** Every named extractor. */
export const extractors = [random, inception] as const;

/** Names of the extractors. */
export const extractorNames: readonly string[] = namesOf(extractors);

/** The extractor of a name; undefined if there is none. */
export function extractorNamed(name: string): ExtractorRecord | undefined {
  return extractors.find((record) => record.name === name);
}
