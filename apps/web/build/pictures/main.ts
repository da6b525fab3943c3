// pnpm pictures: takes the pictures of README.md from the built product, and writes them to docs/images.
import { startChromium } from "@projostack/api/testing";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root, startProduct, type Product } from "../product/start-product.ts";
import { createSampleData, email, password } from "./sample-data.ts";
import { terminalPicture } from "./terminal-picture.ts";
import { terminalSession } from "./terminal-session.ts";

const COLUMNS = 112;
const MAX_BYTES = 150_000;
const commands = [
  'tasks create "Draw the card of operations" --project Engine',
  "tasks list --status todo",
  "audit verify",
];

const images = join(root, "docs", "images");
const product = await startProduct();
try {
  const workspaceId = await createSampleData(product);
  const session = await terminalSession(product, commands, COLUMNS);
  await save("terminal.svg", terminalPicture(session, COLUMNS));
  await save("web.png", await pageOf(product, `/w/${workspaceId}/tasks`));
} finally {
  await product.stop();
}

/** Takes a picture of a page as the user sees it. */
async function pageOf({ url }: Product, path: string): Promise<Uint8Array> {
  const browser = await startChromium();
  try {
    const context = await browser.newContext({
      viewport: { width: 1200, height: 720 },
      colorScheme: "light",
      locale: "en-GB",
    });
    const page = await context.newPage();
    await page.goto(url + path);
    await page.getByLabel("Email address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Order brass for the mill").waitFor();
    await page.waitForLoadState("networkidle");
    // The focus is at the heading, and the pointer at no button.
    await page.mouse.move(0, 0);
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}

async function save(name: string, content: string | Uint8Array): Promise<void> {
  const path = join(images, name);
  await writeFile(path, content);
  const { size } = await stat(path);
  process.stdout.write(`docs/images/${name}: ${(size / 1_000).toFixed(0)} KB\n`);
  if (size > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES} bytes.`);
}
