import { hasChromium, noChromium } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startApplication, type Application } from "./application.ts";

/**
 * Defines tests of the application in Chromium. Without Chromium they are skipped, and with CI=true a test fails then. After each
 * test, no page may have reported an exception, an error or a violation of the Content-Security-Policy.
 */
export function describeInChromium(title: string, define: (application: () => Application) => void): void {
  it.runIf(process.env["CI"] === "true")("CI has a Chromium", () =>
    expect(hasChromium, noChromium).toBe(true),
  );

  // A machine that is busy with other tests starts pages slowly.
  const options = { timeout: 180_000 };
  describe.skipIf(!hasChromium)(hasChromium ? title : `${title} (${noChromium})`, options, () => {
    let application: Application | undefined;
    beforeAll(async () => {
      application = await startApplication();
    });
    afterAll(async () => {
      await application?.close();
    });
    afterEach(() => {
      expect(application?.problems).toEqual([]);
    });
    define(() => {
      if (application === undefined) throw new Error("The application has not started.");
      return application;
    });
  });
}
