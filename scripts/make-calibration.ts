/**
 * @file Makes docs/calibration.md from the numbers that `make-gallery.ts calibration` measured:
 *
 *   npx tsx scripts/make-calibration.ts
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inverseList } from '../src/config/inverse.ts';
import { writeAtomic } from '../src/io/atomic.ts';
import { calibrationPage, type CalibrationNumbers } from './calibration-page.ts';

const docs = resolve(import.meta.dirname, '../docs');
const file = readFileSync(join(docs, 'images/gallery/calibration.json'), 'utf8');
const { numbers } = JSON.parse(file) as { numbers: CalibrationNumbers };
writeAtomic(join(docs, 'calibration.md'), calibrationPage(inverseList, numbers));
