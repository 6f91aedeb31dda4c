import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends the run with the names of what was skipped, which say why, and one plain line, whatever the summary above looks like. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length;
    const inState = (state: string): readonly TestCase[] => tests.filter((test) => test.result().state === state);
    for (const name of new Set(inState('skipped').map(nameOfSkipped))) console.log(`skipped: ${name}`);
    console.log(`${inState('passed').length} passed, ${inState('failed').length + broken} failed`);
  }
}

/** The name of the outermost suite that is skipped as a whole, or else of the test. */
function nameOfSkipped(test: TestCase): string {
  let name = test.fullName;
  for (let { parent } = test; parent.type === 'suite'; { parent } = parent) {
    const all = [...parent.children.allTests()];
    if (all.every((other) => other.result().state === 'skipped')) name = parent.fullName;
  }
  return name;
}
