import { existsSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const chromiumPath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((directory) => names.map((name) => join(directory, name)))
  .find((path) => existsSync(path));

export const hasChromium: boolean = chromiumPath !== undefined;

/** Why the tests in a browser do not run. With CI=true a test fails then. */
export const noChromium = "chromium is not installed: apt-get install chromium";

const withoutPopups = fileURLToPath(new URL("chromium-without-popups", import.meta.url));

/** Starts Chromium without a window. Every name of `hosts` is this machine. Its temporary files are removed with it. */
export async function startChromium(hosts: readonly string[] = []): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(noChromium);
  // Every test of the server imports this file, and loading the library takes a second.
  const { chromium } = await import("playwright-core");
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(",");
  // Chromium leaves some of its temporary files when it is busy while it ends.
  const directory = mkdtempSync(join(tmpdir(), "projo-chromium-"));
  const remove = () => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  const browser = await chromium
    .launch({
      executablePath: withoutPopups,
      env: { ...process.env, TMPDIR: directory, CHROMIUM: chromiumPath },
      args: [
        // Root, as in a container, cannot use the sandbox of Chromium.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--no-proxy-server",
        "--disable-dev-shm-usage",
        ...(rules === "" ? [] : [`--host-resolver-rules=${rules}`]),
      ],
    })
    .catch(async (error: unknown) => {
      await remove();
      throw error;
    });
  const close = browser.close.bind(browser);
  browser.close = async (options) => {
    await close(options);
    await remove();
  };
  return browser;
}
