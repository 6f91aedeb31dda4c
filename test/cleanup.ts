/** @file Before each test file: sees to it that its folders and processes are gone when it ends. */
import { afterAll } from 'vitest';
import { cleanUp } from './io/cleanup.ts';

afterAll(cleanUp);
