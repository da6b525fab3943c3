import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const executablePath = (process.env["PATH"] ?? "")
  .split(delimiter)
  .flatMap((directory) => names.map((name) => join(directory, name)))
  .find((path) => existsSync(path));

export const hasChromium: boolean = executablePath !== undefined;

/** Why the tests that need it do not run. */
export const noChromium = "chromium is not installed: apt-get install chromium";

/** Starts Chromium without a window. Every name of `hosts` is this machine. */
export async function startChromium(hosts: readonly string[] = []): Promise<Browser> {
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(",");
  return await chromium.launch({
    executablePath: executablePath ?? "",
    args: [
      // Root, as in a container, cannot use the sandbox.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--no-proxy-server",
      ...(rules === "" ? [] : [`--host-resolver-rules=${rules}`]),
    ],
  });
}
