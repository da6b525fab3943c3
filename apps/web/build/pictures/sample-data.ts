import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, type Client } from "@projostack/sdk";
import type { Product } from "../product/start-product.ts";

export const email = "ada@example.com";
export const workspaceName = "Analytical Engines";
export const password = "correct horse battery staple";

const tasks = {
  Engine: [
    ["Write note G", "doing"],
    ["Order brass for the mill", "todo"],
    ["Draw the store with 1,000 columns", "todo"],
    ["Check the tables of Bernoulli numbers", "done"],
  ],
  Translation: [
    ["Compare with the memoir of Menabrea", "doing"],
    ["Send the proofs to Taylor", "todo"],
  ],
} as const;

/** Fills an empty server with the data of the pictures. @returns the id of the workspace */
export async function createSampleData({ url, dataDir }: Product): Promise<string> {
  const client = createClient({ baseUrl: url });
  await client.auth.signUp({ email, password });
  await verifyAddress(client, join(dataDir, "mail"));
  const { id } = await client.workspaces.create({ name: workspaceName });
  const api = client.workspace(id);
  for (const [project, entries] of Object.entries(tasks)) {
    const { id: projectId } = await api.projects.create({ name: project });
    for (const [title, status] of entries) {
      const task = await api.tasks.create({ projectId, title });
      if (status !== "todo") await api.tasks.update({ id: task.id, status });
    }
  }
  // The log of the workspace gets some entries.
  await api.invites.create({ email: "charles@example.com", role: "admin" });
  await api.invites.create({ email: "mary@example.com", role: "viewer" });
  const { id: draftId } = await api.projects.create({ name: "Draft" });
  await api.projects.delete({ id: draftId });
  return id;
}

/** Verifies the address with the token of the first mail, which the server wrote to a file. */
async function verifyAddress(client: Client, mailDirectory: string): Promise<void> {
  for (;;) {
    const [name] = await readdir(mailDirectory).catch(() => []);
    const mail = name?.endsWith(".eml") ? await readFile(join(mailDirectory, name), "utf8") : "";
    const [, token] = /#token=([\w-]+)/.exec(mail) ?? [];
    if (token !== undefined) {
      await client.email.verify({ token });
      return;
    }
    await new Promise((passed) => setTimeout(passed, 100));
  }
}
