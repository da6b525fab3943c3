// The configuration of Vite in docs/browsers.md, as it is printed, with a real server.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createViteServer } from "vitest/node";
import { startTestServer } from "@projostack/api/testing";
import { createClient } from "@projostack/sdk";
import { expect, it } from "vitest";
import { readFences } from "./fences.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("docs/browsers.md has a configuration of Vite that passes calls on", async () => {
  const code = readFences(root).find(
    ({ at, language }) => language === "js" && at.startsWith("docs/browsers.md"),
  )?.code;
  expect(code).toContain("http://127.0.0.1:4000");
  const cache = join(root, "node_modules", ".cache");
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, "browsers-"));
  const server = await startTestServer({ PROJO_TRUSTED_PROXIES: "127.0.0.1" });
  const configFile = join(directory, "vite.config.js");
  await writeFile(configFile, code?.replace("http://127.0.0.1:4000", server.url) ?? "");
  const vite = await createViteServer({ root: directory, configFile, logLevel: "error" });
  try {
    await vite.listen(0);
    const [url = ""] = vite.resolvedUrls?.local ?? [];
    const client = createClient({ baseUrl: url.replace(/\/$/, "") });
    await client.auth.signUp({ email: "ada@example.com", password: "correct horse battery staple" });
    await client.workspaces.create({ name: "Engines" });
    const { items } = await client.workspaces.list();
    expect(items.map(({ name }) => name)).toEqual(["Engines"]);
    const batch = await fetch(`${url}trpc/system.health,no.such?batch=1&input={}`);
    expect(batch.status).toBe(207);
  } finally {
    await vite.close();
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
});
