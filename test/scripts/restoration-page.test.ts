import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { plans } from '../../scripts/restore-plans.ts';
import { restorationPage, type PlanNumbers } from '../../scripts/restoration-page.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const pictures = join(docs, 'images/restoration');
const files = readdirSync(pictures);
const numbers = Object.keys(plans).map(
  (name) => JSON.parse(readFileSync(join(pictures, `${name}.json`), 'utf8')) as PlanNumbers,
);

it('the page contains its numbers; `npx tsx scripts/restore-table.ts` makes it', () => {
  expect(readFileSync(join(docs, 'restoration.md'), 'utf8')).toBe(restorationPage(numbers, files));
});

it('every task of every plan was measured on all its images, and has a picture', () => {
  for (const { plan, tasks } of numbers) {
    const images = plan === 'emoji' ? 96 : 100;
    for (const { title, name } of plans[plan]!.tasks) {
      expect(
        tasks.filter(({ task }) => task === title).map((one) => one.images),
        title,
      ).toContain(images);
      expect(files).toContain(`${plan}-${name}.png`);
    }
    expect(tasks.every((one) => one.images === images)).toBe(true);
  }
});
