import { expect, it } from "vitest";
import { noticeOf } from "./required-programs.ts";
import { filesOfBothSuites } from "./suite-files.ts";

const missing = [{ name: "redis-server", package: "redis-server", tests: "limits with Redis" }];

it("names missing programs, what that means for the run, and how to install them", () => {
  expect(noticeOf(missing, true)).toBe(
    [
      "Programs are missing that the tests need. Because CI=true, these tests fail:",
      "  redis-server: limits with Redis",
      "Install them: apt-get install redis-server",
    ].join("\n"),
  );
  expect(noticeOf(missing, false)).toContain("These tests are skipped:");
});

it("finds the test files that run longer in the full suite", () => {
  const files = filesOfBothSuites(process.cwd());
  expect(files).toContain("bench/test/contenders.test.ts");
  expect(files).not.toContain("test/required-programs.test.ts");
});
