import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((directory) => names.map((name) => join(directory, name)))
  .find((path) => existsSync(path));

export const hasChromium: boolean = executablePath !== undefined;

/** Why the tests in a browser do not run. With CI=true a test fails then. */
export const noChromium = "chromium is not installed: apt-get install chromium";

/** Starts Chromium without a window. */
export async function startChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(noChromium);
  return await chromium.launch({
    executablePath,
    // Root, as in a container, cannot use the sandbox of Chromium.
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--no-proxy-server",
      "--disable-dev-shm-usage",
    ],
  });
}
