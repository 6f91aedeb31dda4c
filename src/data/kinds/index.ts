/** @file The kinds of data whose sets say theirs by name alone. */
import { imageSets } from './images.ts';
import { pointSets } from './points.ts';
import type { SetKind } from './set-kind.ts';

export const setKinds: readonly SetKind[] = [imageSets, pointSets];
