import { appendFileSync } from "node:fs";
import type { Reporter, TestModule, TestSuite } from "vitest/node";

/**
 * Appends the total of a run to the file that PROJO_TEST_TOTALS names, as a line `N passed, N failed` with `, N skipped` when
 * tests were skipped. Without PROJO_TEST_TOTALS it does nothing. A failure outside of a test counts as failed: a file that
 * does not load, a hook, an unhandled error.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env["PROJO_TEST_TOTALS"];
    if (file === undefined || file === "") return;

    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules
      .flatMap((module): (TestModule | TestSuite)[] => [module, ...module.children.allSuites()])
      .filter((holder) => holder.errors().length > 0);

    const failed = count("failed") + broken.length + unhandledErrors.length;
    const skipped = count("skipped") + count("pending");
    const total = `${count("passed")} passed, ${failed} failed`;
    appendFileSync(file, `${skipped > 0 ? `${total}, ${skipped} skipped` : total}\n`);
  }
}
