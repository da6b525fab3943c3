// What an export and an import do when something is wrong: one line that names the file and the next step.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { text as textOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { expectDone, nowhere, type Shell } from "../kit.ts";
import { jsonOf, openMember, openVerifiedAdmin } from "../people.ts";

const bin = fileURLToPath(new URL("../../bin/projo.js", import.meta.url));
const isRoot = process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

// Several programs run one after the other in each test.
vi.setConfig({ testTimeout: 240_000 });

let server: TestServer;
let ann: Shell;
let copies = 0;
beforeAll(async () => {
  server = await startTestServer();
  ann = await openVerifiedAdmin(server, "ann@example.com");
  await ann.file("tasks.csv", "project,title\nDocs,One\nDocs,Two\nSite,Three\n");
  await projo("tasks", "import", "tasks.csv");
  await projo("workspaces", "export", "acme");
}, 240_000);
afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));

/** Copies the export and changes a file of the copy. @returns the name of the copy */
async function changed(
  file: string,
  change: (text: string) => string,
  fixesManifest = false,
): Promise<string> {
  const name = `copy-${(copies += 1)}`;
  const path = join(ann.directory, name, file);
  await cp(join(ann.directory, "acme"), join(ann.directory, name), { recursive: true });
  const text = change(await readFile(path, "utf8"));
  await writeFile(path, text);
  if (fixesManifest) {
    const manifestPath = join(ann.directory, name, "manifest.json");
    const manifest = JSON.parse(await readFile(manifestPath, "utf8")) as { files: Record<string, object> };
    const sha256 = createHash("sha256").update(text).digest("hex");
    manifest.files[file] = { lines: text.split("\n").length - 1, bytes: Buffer.byteLength(text), sha256 };
    await writeFile(manifestPath, JSON.stringify(manifest));
  }
  return name;
}

async function errorOf(...argv: string[]): Promise<string> {
  const { code, out, err } = await ann.projo(argv);
  expect([out, code === 1 || code === 2]).toEqual(["", true]);
  return err.trimEnd();
}

it("checks an export without a server", async () => {
  const { out } = await expectDone(
    ann.projo(["workspaces", "import", "acme", "--dry-run"], { fetch: nowhere }),
  );
  expect(out).toContain(", 3 tasks and ");
});

it("names the file that was changed, and the line that is not JSON", async () => {
  const edited = await changed("tasks.ndjson", (text) => text.replace("Two", "2wo"));
  expect(await errorOf("workspaces", "import", edited)).toBe(
    `projo: ${edited}/tasks.ndjson was changed: its checksum differs from the manifest. Copy the export again, or export the workspace again.`,
  );
  const cut = await changed("tasks.ndjson", (text) => text.replace(/\n.*\n/, "\nbroken\n"), true);
  expect(await errorOf("workspaces", "import", cut, "--dry-run")).toBe(
    `projo: ${cut}/tasks.ndjson, line 2: Must be a JSON object.`,
  );
  const forged = await changed(
    "audit.ndjson",
    (text) => text.replace("workspace.created", "workspace.renamed"),
    true,
  );
  expect(await errorOf("workspaces", "import", forged, "--dry-run")).toMatch(
    new RegExp(`^projo: ${forged}/audit.ndjson is not intact: Entry 1 `),
  );
});

it("names the file and the line that the server rejects, and imports the rest after a correction", async () => {
  const wrong = await changed(
    "tasks.ndjson",
    (text) => text.replace('"title" : "Two"', '"title" : ""'),
    true,
  );
  await projo("workspaces", "create", "Wrong");
  expect(await errorOf("workspaces", "import", wrong)).toBe(
    `projo: ${wrong}/tasks.ndjson, line 2: title: Must be at least 1 character.`,
  );
  // Another export cannot continue the import.
  expect(await errorOf("workspaces", "import", "acme")).toBe(
    "projo: The workspace is not empty, or another export was imported into it. Run: projo workspaces create NAME",
  );
  await projo("workspaces", "use", "Acme");
});

it("refuses a newer format, an incomplete export, and a directory with other files", async () => {
  const newer = await changed("manifest.json", (text) =>
    text.replace("projo-workspace/1", "projo-workspace/9"),
  );
  expect(await errorOf("workspaces", "import", newer)).toMatch(
    /has the format "projo-workspace\/9".* Update projo\.$/,
  );
  expect(await errorOf("workspaces", "import", "nothing")).toMatch(
    /^projo: nothing contains no complete export/,
  );
  expect(await errorOf("workspaces", "export", "acme")).toBe(
    "projo: acme contains a complete export. Choose another directory.",
  );
  await ann.file("file.txt", "");
  expect(await errorOf("workspaces", "export", "file.txt")).toMatch(
    /^projo: file.txt cannot be read or written/,
  );
  expect(await errorOf("workspaces", "export", ".")).toMatch(/contains other files/);
});

it("refuses an export to a member who is not an admin", async () => {
  const bob = await openMember(server, ann, { email: "bob@example.com", role: "member" });
  const { id } = await jsonOf<{ id: string }>(ann, "call", "workspaces.get");
  const { code, err } = await bob.projo(["workspaces", "export", "mine", "--workspace", id]);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("Only an admin can do this. See: projo members list --role admin"),
  ]);
  await bob.close();
});

it("reads a table again that changes while it is exported", async () => {
  let isFirst = true;
  const racing: Fetch = async (url, init) => {
    const answer = await fetch(url, init);
    if (isFirst && url.includes("exportRows") && url.includes("tasks")) {
      isFirst = false;
      await projo("tasks", "create", "Meanwhile", "--project", "Docs");
    }
    return answer;
  };
  const { err } = await expectDone(ann.projo(["workspaces", "export", "busy"], { fetch: racing }));
  expect(err).toContain("The workspace has changed meanwhile (tasks). What has changed is read again.");
  expect(await readFile(join(ann.directory, "busy", "tasks.ndjson"), "utf8")).toContain("Meanwhile");
});

it.skipIf(!canMount)(
  "names a full disk, and continues when there is space (needs root, unshare and mount)",
  async () => {
    const projoHere = `"${process.execPath}" "${bin}" workspaces export disk/acme`;
    const script = `mkdir disk && mount -t tmpfs -o size=8k tmpfs disk && ${projoHere}; echo "ended with $?" &&
    mount -o remount,size=8m disk && ${projoHere} && stat -c %a disk/acme disk/acme/manifest.json`;
    const child = spawn("unshare", ["-m", "sh", "-c", script], {
      env: { PATH: process.env["PATH"], HOME: ann.home, PROJO_URL: server.url },
      cwd: ann.directory,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const closed = once(child, "close") as Promise<[number | null]>;
    const [out, err, [code]] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^ended with 1\nExported the workspace .*\n700\n600\n$/),
    ]);
    expect(err).toMatch(
      /^projo: disk\/acme\/\S+ cannot be read or written \(ENOSPC\)\. The disk is full\. Free some space, then run the same command again: it continues where it stopped\.\n/,
    );
  },
);

it("keeps the logs of all earlier servers byte for byte, and adds nothing when it is imported twice", async () => {
  for (const [from, to] of [
    ["acme", "second"],
    ["second", "third"],
  ] as const) {
    await projo("workspaces", "create", to);
    await projo("workspaces", "import", from);
    await projo("workspaces", "import", from);
    await projo("workspaces", "export", to);
    await projo("workspaces", "compare", from, to);
  }
  const text = (...path: string[]) => readFile(join(ann.directory, ...path), "utf8");
  expect(await text("third", "history-1.ndjson")).toBe(await text("acme", "audit.ndjson"));
  expect(await text("third", "history-2.ndjson")).toBe(await text("second", "audit.ndjson"));
  await projo("audit", "verify", "third/history-1.ndjson");
  const { items } = await jsonOf<{ items: { action: string }[] }>(ann, "audit", "list", "--all");
  expect(items.map(({ action }) => action)).not.toContain("invite.created");
});
