// pnpm --filter @projostack/web speed: prints how fast the built application loads from a built server on this machine.
import { startChromium } from "@projostack/api/testing";
import { createClient } from "@projostack/sdk";
import type { Browser } from "playwright-core";
import { startProduct } from "../product/start-product.ts";
import { measureLoad, type LoadFigures, type LoadOptions } from "./measure-load.ts";

const RUNS = 5;
/** How much slower the processor is made, as a model of a phone. */
const SLOWDOWN = 4;
const INTERACTIVE_WITHIN_MS = 1_000;

const email = "speed@example.com";
const password = "correct horse battery staple";

const product = await startProduct();
const browser = await startChromium();
try {
  const workspaceId = await createData(product.url);
  const storageState = await signInWithPage(browser, product.url);
  const pages = [
    { name: "/sign-in", path: "/sign-in", complete: "main form" },
    { name: "/workspaces", path: "/workspaces", complete: "main li", storageState },
    { name: "/w/<id>/tasks", path: `/w/${workspaceId}/tasks`, complete: "main li", storageState },
    { name: "/w/<id>/audit", path: `/w/${workspaceId}/audit`, complete: "main li", storageState },
  ];
  print(
    `Medians of ${RUNS} loads with an empty cache, on loopback. "Slow" is a processor ${SLOWDOWN} times slower.\n`,
  );
  print(
    "| page | scripts, gzip | requests | interactive | largest paint | layout shift | interactive, slow |",
  );
  print(
    "| ---- | ------------- | -------- | ----------- | ------------- | ------------ | ----------------- |",
  );
  let slowest = 0;
  for (const { name, path, ...page } of pages) {
    const load = { url: product.url + path, ...page };
    const usual = await medians({ ...load, slowdown: 1 });
    const slow = await medians({ ...load, slowdown: SLOWDOWN });
    slowest = Math.max(slowest, usual.interactiveMs);
    const cells = [
      `\`${name}\``,
      `${usual.scriptKilobytes.toFixed(1)} KB`,
      usual.requests,
      `${usual.interactiveMs.toFixed(0)} ms`,
      `${usual.largestPaintMs.toFixed(0)} ms`,
      usual.layoutShift.toFixed(3),
      `${slow.interactiveMs.toFixed(0)} ms`,
    ];
    print(`| ${cells.join(" | ")} |`);
  }
  const isMet = slowest <= INTERACTIVE_WITHIN_MS;
  print(
    `\nInteractive within ${INTERACTIVE_WITHIN_MS} ms: ${isMet ? "yes" : "no"} (${slowest.toFixed(0)} ms).`,
  );
} finally {
  await browser.close();
  await product.stop();
}

/** Creates a user with a workspace and some tasks. @returns the id of the workspace */
async function createData(baseUrl: string): Promise<string> {
  const client = createClient({ baseUrl });
  await client.auth.signUp({ email, password });
  const { id } = await client.workspaces.create({ name: "Analytical Engines" });
  const api = client.workspace(id);
  const { id: projectId } = await api.projects.create({ name: "Notes" });
  for (let number = 1; number <= 20; number += 1)
    await api.tasks.create({ projectId, title: `Write note ${number}` });
  return id;
}

/** Signs in with the page. @returns the storage of the browser */
async function signInWithPage(chromium: Browser, baseUrl: string) {
  const page = await chromium.newPage();
  await page.goto(`${baseUrl}/sign-in`);
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Workspaces" }).waitFor();
  const storageState = await page.context().storageState({ indexedDB: true });
  await page.context().close();
  return storageState;
}

/** Loads a page several times. @returns the median of each figure */
async function medians(options: LoadOptions): Promise<LoadFigures> {
  const runs: LoadFigures[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await measureLoad(browser, options));
  const of = (figure: keyof LoadFigures) => median(runs.map((run) => run[figure]));
  return {
    scriptKilobytes: of("scriptKilobytes"),
    requests: of("requests"),
    interactiveMs: of("interactiveMs"),
    largestPaintMs: of("largestPaintMs"),
    layoutShift: of("layoutShift"),
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
