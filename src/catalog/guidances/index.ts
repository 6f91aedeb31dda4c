/** @file Every named guidance; the first that needs no second network is the default. */
import { autoguidance } from './autoguidance.ts';
import { cfgPlusPlus } from './cfg-plus-plus.ts';
import { classifier } from './classifier.ts';
import { classifierFree } from './classifier-free.ts';

export const guidances = [classifierFree, classifier, autoguidance, cfgPlusPlus] as const;
