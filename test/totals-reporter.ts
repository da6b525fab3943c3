import { writeFileSync } from "node:fs";
import type { Reporter, TestModule, TestSuite } from "vitest/node";

/**
 * Writes the total of a run, `N passed, N failed` and `, N skipped` if there are any, into the file that
 * PROJO_TEST_TOTALS names; without that it does nothing. What broke outside of a test counts as failed: a file that
 * does not load, a hook, an error that nobody awaited.
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
    writeFileSync(file, `${skipped > 0 ? `${total}, ${skipped} skipped` : total}\n`);
  }
}
