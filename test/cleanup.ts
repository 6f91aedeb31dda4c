/** @file For each test file: sees to it that its folders and processes are gone when it ends, and its variables as they were for the next. */
import { afterAll } from 'vitest';
import { cleanUp } from './io/cleanup.ts';

const before = { ...process.env };

afterAll(cleanUp);
afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
});
