import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((folder) => ["chromium", "chromium-browser", "google-chrome"].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

export const hasChromium = executablePath !== undefined;

/** The reason that a skipped test shows. With CI=true a test fails when Chromium is missing. */
export const noChromium = "chromium is not installed: apt-get install chromium";

/** Starts Chromium. Its own sandbox does not work for root, and the tests open pages of their own server only. */
export async function startChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(noChromium);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}
