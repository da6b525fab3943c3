// What an export and an import do when something is wrong: one line that names the file and the next step.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { text as textOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { expectDone, nowhere, type Outcome, type Shell } from "../kit.ts";
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
  const text = change(await readFile(path, "utf8").catch(() => ""));
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

it("names what is wrong in a manifest, and files that it does not list", async () => {
  interface Manifest {
    files: Record<string, object | null>;
    workspace: Record<string, unknown>;
  }
  const edited = (change: (manifest: Manifest) => void) =>
    changed("manifest.json", (text) => {
      const manifest = JSON.parse(text) as Manifest;
      change(manifest);
      return JSON.stringify(manifest);
    });
  const cases: readonly [problem: string, change: (manifest: Manifest) => void][] = [
    ["is damaged: files does not list tasks.ndjson.", ({ files }) => void delete files["tasks.ndjson"]],
    [
      "is damaged: the entry of tasks.ndjson in files is invalid.",
      ({ files }) => void (files["tasks.ndjson"] = null),
    ],
    [
      "is damaged: files does not list history-1.ndjson.",
      ({ files }) => void (files["history-2.ndjson"] = files["audit.ndjson"] ?? null),
    ],
    [
      "lists the file comments.ndjson, which this version of projo does not know.",
      ({ files }) => void (files["comments.ndjson"] = files["tasks.ndjson"] ?? null),
    ],
    [
      "is damaged: workspace.createdAt is missing or invalid.",
      ({ workspace }) => void (workspace["createdAt"] = "yesterday"),
    ],
  ];
  for (const [problem, change] of cases) {
    const name = await edited(change);
    expect(await errorOf("workspaces", "import", name, "--dry-run")).toContain(
      `projo: ${name}/manifest.json ${problem}`,
    );
  }
  const fewer = await edited(({ files }) => Object.assign(files["tasks.ndjson"] ?? {}, { lines: 2 }));
  expect(await errorOf("workspaces", "import", fewer, "--dry-run")).toContain(
    `${fewer}/tasks.ndjson has 3 lines, and the manifest says 2.`,
  );
  const more = await changed("notes.txt", () => "mine");
  const { err } = await projo("workspaces", "import", more, "--dry-run");
  expect(err).toContain("Not part of the export, and not imported: notes.txt.");
});

it("names a row that is repeated, of an unknown project or too long, and a log of another workspace", async () => {
  const repeated = await changed("tasks.ndjson", (text) => text.replace(/^.*\n/, "$&$&"), true);
  expect(await errorOf("workspaces", "import", repeated, "--dry-run")).toBe(
    `projo: ${repeated}/tasks.ndjson, line 2: id: Is the same as in the line before.`,
  );
  const swapped = await changed("projects.ndjson", (text) => text.replace(/^(.*\n)(.*\n)/, "$2$1"), true);
  expect(await errorOf("workspaces", "import", swapped, "--dry-run")).toContain(
    `${swapped}/projects.ndjson, line 2: id: Must be greater than in the line before`,
  );
  const orphan = await changed("projects.ndjson", (text) => text.replace(/^.*\n/, ""), true);
  expect(await errorOf("workspaces", "import", orphan, "--dry-run")).toBe(
    `projo: ${orphan}/tasks.ndjson, line 1: projectId: projects.ndjson has no project with this id.`,
  );
  const long = await changed("tasks.ndjson", (text) => text.replace("Two", "x".repeat(30_000)), true);
  expect(await errorOf("workspaces", "import", long, "--dry-run")).toBe(
    `projo: ${long}/tasks.ndjson, line 2: Must have at most 30,000 characters.`,
  );
  const other = await changed("manifest.json", (text) => {
    const manifest = JSON.parse(text) as { workspace: { id: string } };
    manifest.workspace.id = manifest.workspace.id.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
    return JSON.stringify(manifest);
  });
  expect(await errorOf("workspaces", "import", other, "--dry-run")).toContain(
    `${other}/audit.ndjson is not intact: Entry 1 is not part of this log`,
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
  const key = await projo("keys", "create", "mover", "--role", "admin", "--scopes", "workspace:manage");
  expect(
    (await ann.projo(["workspaces", "import", "acme"], { env: { PROJO_TOKEN: key.out.trim() } })).err,
  ).toBe(
    "projo: A service key cannot start an import: its workspace is not empty, because the key is in it. Unset PROJO_TOKEN, then run: projo login\n",
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
    /^projo: file.txt cannot be read: a part of its path is a file/,
  );
  expect(await errorOf("workspaces", "export", ".")).toMatch(
    /contains other files, such as \S+\. Choose an empty/,
  );
});

it("refuses an export to a member who is not an admin", async () => {
  const bob = await openMember(server, ann, { email: "bob@example.com", role: "member" });
  const { id } = await jsonOf<{ id: string }>(ann, "call", "workspaces.get");
  const { code, err } = await bob.projo(["workspaces", "export", "mine", "--workspace", id]);
  expect([code, err]).toEqual([
    1,
    expect.stringContaining("Only an admin can do this. See: projo members list --role admin"),
  ]);
  expect(await readdir(bob.directory)).toEqual([]);
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

it("does not export a row that was created and deleted while the table was read", async () => {
  let isFirst = true;
  const racing: Fetch = async (url, init) => {
    if (!isFirst || !url.includes("exportRows") || !url.includes("tasks")) return fetch(url, init);
    isFirst = false;
    const { out } = await projo("tasks", "create", "Phantom", "--project", "Docs", "--json", "--jq", ".id");
    const answer = await fetch(url, init);
    await projo("tasks", "delete", out.trim(), "--yes");
    return answer;
  };
  const { err } = await expectDone(ann.projo(["workspaces", "export", "phantom"], { fetch: racing }));
  expect(err).toContain("The workspace has changed meanwhile (tasks).");
  expect(await readFile(join(ann.directory, "phantom", "tasks.ndjson"), "utf8")).not.toContain("Phantom");
});

it("refuses a second export into the directory while the first one runs, and continues what a killed one left", async () => {
  await mkdir(join(ann.directory, "one"));
  // A killed process leaves an incomplete file before it has written its state.
  await writeFile(join(ann.directory, "one", "export.json.part"), "{");
  let second: Promise<Outcome> | undefined;
  const racing: Fetch = async (url, init) => {
    if (url.includes("exportRows")) await (second ??= ann.projo(["workspaces", "export", "one"]));
    return fetch(url, init);
  };
  await expectDone(ann.projo(["workspaces", "export", "one"], { fetch: racing }));
  expect(await second).toEqual({
    code: 1,
    out: "",
    err: "projo: Another projo process exports into one. Wait until it has ended, or choose another directory.\n",
  });
  const files = (await readdir(join(ann.directory, "acme"))).toSorted();
  expect((await readdir(join(ann.directory, "one"))).toSorted()).toEqual(files);
});

it("compares exports of one workspace, of which the second one is later", async () => {
  await projo("tasks", "create", "Later", "--project", "Docs");
  await projo("workspaces", "export", "later");
  const copy = await changed("notes.txt", () => "");
  const [same, forwards, backwards] = [
    await ann.projo(["workspaces", "compare", "acme", copy]),
    await ann.projo(["workspaces", "compare", "acme", "later"]),
    await ann.projo(["workspaces", "compare", "later", "acme"]),
  ];
  expect([same.code, forwards.code, backwards.code]).toEqual([0, 1, 1]);
  expect(forwards.out).toContain("tasks.ndjson, line 4: Rows in the first export: 3");
  expect(forwards.out).not.toContain("audit.ndjson");
  expect(backwards.out).toContain("Give the older export first.");
});

it("completes an import that another process completes at the same time", async () => {
  await projo("workspaces", "create", "Twice");
  let other: Promise<Outcome> | undefined;
  const racing: Fetch = async (url, init) => {
    if (url.includes("importRows") && String(init?.body).includes('"history"'))
      await (other ??= projo("workspaces", "import", "acme"));
    return fetch(url, init);
  };
  const { out } = await expectDone(ann.projo(["workspaces", "import", "acme"], { fetch: racing }));
  expect(out).toBe((await other)?.out);
  const { items } = await jsonOf<{ items: object[] }>(ann, "tasks", "list", "--all");
  expect(items).toHaveLength(3);
  await projo("workspaces", "delete", "--yes", "--name", "Acme");
  await projo("workspaces", "use", "Acme");
});

it("says that the same command continues after the server was not reached", async () => {
  const argv = ["workspaces", "export", "unreached"];
  const { code, err } = await ann.projo(argv, { fetch: nowhere });
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^projo: .*un the same command again: it continues\.\n$/),
  ]);
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
      /^projo: disk\/acme\/\S+ cannot be written: the disk is full\. Free some space, or choose another directory\. The same command continues where it stopped\.\n/,
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
