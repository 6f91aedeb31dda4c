/** @file What is to be undone when a test file ends. */
const cleanups: (() => void)[] = [];

/** Has something done when the test file ends. */
export function atEnd(clean: () => void): void {
  cleanups.push(clean);
}

/** Does what was asked for, the last first. */
export function cleanUp(): void {
  for (const clean of cleanups.splice(0).reverse()) clean();
}
