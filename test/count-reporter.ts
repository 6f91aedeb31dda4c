import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with one plain line, whatever the summary above it looks like. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length;
    const count = (state: string): number => states.filter((found) => found === state).length;
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed`);
  }
}
