import { appendFileSync } from "node:fs";
import type { Reporter, TestModule, TestSuite } from "vitest/node";

/**
 * Writes the totals of a run to the file in PROJO_TEST_TOTALS: `N passed, N failed`, and `, N skipped` if a test was skipped.
 * Without PROJO_TEST_TOTALS it does nothing. An error outside a test counts as a failed test: a file that does not load, a
 * failed hook, an unhandled rejection.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env["PROJO_TEST_TOTALS"];
    if (file === undefined || file === "") return;

    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules
      .flatMap((module): (TestModule | TestSuite)[] => [module, ...module.children.allSuites()])
      .filter((item) => item.errors().length > 0);

    const failed = count("failed") + broken.length + unhandledErrors.length;
    const skipped = count("skipped") + count("pending");
    const total = `${count("passed")} passed, ${failed} failed`;
    appendFileSync(file, `${skipped > 0 ? `${total}, ${skipped} skipped` : total}\n`);
  }
}
