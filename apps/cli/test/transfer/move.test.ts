// A workspace moves from one server to another: export, deletion, import, invites, comparison. The programs are killed on the way.
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { bySuite, LONG_TEST_MS, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectDone, openShell, PASSWORD, type Shell } from "../kit.ts";
import { jsonOf, mailedToken, openVerified } from "../people.ts";
import { fillWorkspace, type FilledWorkspace } from "./filled-workspace.ts";
import { runKilled, startForwarder, type Forwarder } from "./killed-commands.ts";

const ROWS = bySuite({ short: 250, full: 12_000 });
const KILLS = bySuite({ short: 2, full: 10 });
/** The seed of the moments, so that a failure can be repeated. */
const SEED = Number(process.env["PROJO_SEED"] ?? 7);

let source: TestServer;
let target: TestServer;
let filled: FilledWorkspace;
let forwarders: Forwarder[];
const shells: Shell[] = [];
beforeAll(async () => {
  [source, target] = [await startTestServer(), await startTestServer()];
  filled = await fillWorkspace(source, ROWS);
  forwarders = [await startForwarder(source.url), await startForwarder(target.url)];
}, LONG_TEST_MS);
afterAll(async () => {
  for (const shell of shells) await shell.close();
  await filled?.close();
  for (const forwarder of forwarders ?? []) await forwarder.close();
  await source?.close();
  await target?.close();
});

/** Numbers of requests from 1 to `most`. */
function moments(seed: number, most: number): number[] {
  let state = seed;
  return Array.from({ length: KILLS }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return 1 + (state % most);
  });
}

/** A shell that signs in through the forwarder. */
async function signedIn(forwarder: Forwarder | undefined, email: string): Promise<Shell> {
  if (!forwarder) throw new Error("The forwarder is not started.");
  const shell = await openShell(forwarder.url);
  shells.push(shell);
  await expectDone(shell.projo(["login", email, "--password-stdin"], { stdin: PASSWORD }));
  return shell;
}

const linesOf = async (shell: Shell, ...path: string[]): Promise<Record<string, unknown>[]> =>
  (await readFile(join(shell.directory, ...path), "utf8"))
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Deletes the workspace if it has not changed since the export. */
const deletion = (since: string) => [
  "workspaces",
  "delete",
  "--yes",
  "--name",
  "Acme",
  "--unchanged-since",
  since,
];

it(
  "moves to another server with every row, through kills of the program at random requests",
  async () => {
    const [fromSource, toTarget] = forwarders;
    if (!fromSource || !toTarget) throw new Error("The forwarders are not started.");
    const ann = await signedIn(fromSource, "ann@example.com");
    await expectDone(ann.projo(["workspaces", "use", "Acme"]));

    const exported = await runKilled(ann, fromSource, {
      argv: ["workspaces", "export", "acme"],
      requests: moments(SEED, bySuite({ short: 8, full: 5 })),
    });
    expect(exported).toMatchObject({ code: 0, kills: KILLS });
    await expectPrivate(ann, "acme");
    expect((await linesOf(ann, "acme", "tasks.ndjson")).length).toBe(ROWS + 1);
    await expectNoSecrets(ann, "acme");
    await expectDone(ann.projo(["audit", "verify", "acme/audit.ndjson"]));

    // Nobody has changed the workspace since the export, so it can be deleted. Nobody can change it from then on.
    await expectDone(ann.projo(["tasks", "create", "Late", "--project", "Project 1"]));
    expect(await ann.projo(deletion("acme"))).toMatchObject({
      code: 1,
      err: "projo: The workspace has changed since this export. It was not deleted. Run: projo workspaces export NEW-DIRECTORY\n",
    });
    await expectDone(ann.projo(["workspaces", "export", "final"]));
    await expectDone(ann.projo(deletion("final")));

    // The same directory is used by Ann on the other server.
    const annThere = await openVerified(target, "ann@example.com");
    shells.push(annThere);
    const there = await signedIn(toTarget, "ann@example.com");
    const directory = join(ann.directory, "final");
    await expectDone(there.projo(["workspaces", "create", "New"]));
    const imported = await runKilled(there, toTarget, {
      argv: ["workspaces", "import", directory],
      requests: moments(SEED + 1, bySuite({ short: 8, full: 14 })),
    });
    expect(imported).toMatchObject({ code: 0, kills: KILLS });
    expect(imported.out).toMatch(
      new RegExp(`^Imported the workspace Acme: 7 projects, ${(ROWS + 2).toLocaleString("en-US")} tasks`),
    );

    // Bob is invited, joins, and gets the rows that he made.
    const bob = await openVerified(target, "bob@example.com");
    shells.push(bob);
    await expectDone(there.projo(["workspaces", "import", directory, "--send-invites"]));
    const token = await mailedToken(target, "bob@example.com", "pji_");
    await expectDone(bob.projo(["invites", "accept", "--stdin"], { stdin: token }));
    const again = await expectDone(there.projo(["workspaces", "import", directory]));
    expect(again.err).toMatch(/\d rows now belong to people who have joined/);
    const mine = await jsonOf<{ items: { title: string; version: number }[] }>(
      bob,
      "tasks",
      "list",
      "--created-by",
      "me",
    );
    expect(mine.items).toMatchObject([{ title: "By Bob", version: 2 }]);

    await expectDone(there.projo(["workspaces", "export", "moved"]));
    const compared = await there.projo(["workspaces", "compare", directory, "moved"]);
    expect(compared).toMatchObject({ code: 0, out: "", err: "The exports are equal.\n" });

    // A key works after it got a new token.
    const { out: key } = await expectDone(there.projo(["keys", "rotate", "nightly", "--overlap-hours", "0"]));
    const listed = await there.projo(["tasks", "list", "--limit", "1"], { env: { PROJO_TOKEN: key.trim() } });
    expect(listed.code).toBe(0);
  },
  LONG_TEST_MS,
);

async function expectPrivate(shell: Shell, directory: string): Promise<void> {
  const modes = [await stat(join(shell.directory, directory))];
  for (const file of await readdir(join(shell.directory, directory)))
    modes.push(await stat(join(shell.directory, directory, file)));
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual([
    "700",
    ...modes.slice(1).map(() => "600"),
  ]);
}

/** No hash or code of a token, and no salt of a session, is in the files. */
async function expectNoSecrets(shell: Shell, directory: string): Promise<void> {
  const secrets = await source.database.owner<{ secret: string }>(`
    SELECT encode(token_hash, 'hex') AS secret FROM invites UNION ALL SELECT encode(mailed_token_hash, 'hex') FROM invites
    UNION ALL SELECT encode(secret_mac, 'hex') FROM service_keys UNION ALL SELECT password_hash FROM users`);
  for (const file of await readdir(join(shell.directory, directory))) {
    const text = await readFile(join(shell.directory, directory, file), "utf8");
    expect(secrets.filter(({ secret }) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/pj[aoirk]_/);
  }
}
