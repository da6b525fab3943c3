import { EventEmitter } from "node:events";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditEntry, Fetch } from "@projostack/sdk";
import { parse } from "csv-parse/sync";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { exportLog, plantEntries, read, type SavedCheckpoint, workspaceOf } from "./audit-log.ts";
import { expectDone, openShell, type Shell } from "../kit.ts";
import { jsonOf, openMember, openVerifiedAdmin } from "../people.ts";

let server: TestServer;
let shell: Shell;
let workspaceId: string;
let rounds = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  rounds += 1;
  shell = await openVerifiedAdmin(server, `ann${rounds}@example.com`);
  workspaceId = await workspaceOf(shell);
});

afterEach(() => shell.close());

const projo = (...argv: string[]) => expectDone(shell.projo(argv));
const entries = async (...argv: string[]) =>
  (await jsonOf<{ items: AuditEntry[] }>(shell, "audit", "list", ...argv)).items;

async function refused(...argv: string[]) {
  const { code, err } = await shell.projo(["audit", ...argv]);
  return [code, err];
}

/** Runs SQL as the owner of the database, who can disable triggers. */
const tamper = (sql: string) =>
  server.database.owner(
    `BEGIN; ALTER TABLE audit_logs DISABLE TRIGGER USER;
     ${sql.replaceAll("HOME", workspaceId)};
     ALTER TABLE audit_logs ENABLE TRIGGER USER; COMMIT`,
  );

describe("audit list", () => {
  it("prints the actor, action and target of each entry, newest first", async () => {
    await projo("workspaces", "rename", "Acme Ltd");
    const [first, second] = (await projo("audit", "list")).out.trimEnd().split("\n");
    const cells = [
      /^\d+$/,
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
      "workspace.renamed",
      "ok",
      /^ann\d+@example\.com$/,
    ];
    const found = first?.split("\t") ?? [];
    for (const [place, cell] of cells.entries()) expect(found[place]).toMatch(cell);
    expect(found.slice(5)).toEqual([`workspace:${workspaceId}`, "127.0.0.1"]);
    expect(second).toContain("workspace.created");
  });

  it("filters by action, actor, target and time", async () => {
    const email = `bob${rounds}@example.com`;
    const bob = await openMember(server, shell, { email });
    await projo("members", "role", email, "admin");
    await expectDone(bob.projo(["workspaces", "rename", "Bobs"]));
    await bob.close();
    const actions = async (...argv: string[]) => (await entries(...argv)).map(({ action }) => action);
    expect(await actions("--action", "workspace.renamed")).toEqual(["workspace.renamed"]);
    expect(await actions("--actor", email)).toEqual(["workspace.renamed", "invite.accepted"]);
    const [role] = await entries("--action", "member.role_changed");
    const target = `${role?.target.type}:${role?.target.id}`;
    expect(await actions("--target", target)).toContain("member.role_changed");
    expect(await actions("--target", "workspace")).toEqual(["workspace.renamed", "workspace.created"]);
    const at = role?.createdAt ?? "";
    expect(await actions("--from", at)).toEqual(["workspace.renamed", "member.role_changed"]);
    expect(await actions("--to", at)).not.toContain("member.role_changed");
    expect(await actions("--to", "2020-01-31")).toEqual([]);
  });

  it("filters by a service key as actor, by its name and its id, also after it was revoked", async () => {
    const created = await projo("keys", "create", "nightly", "--scopes", "task:read", "--json");
    const { id, token } = JSON.parse(created.out) as { id: string; token: string };
    expect((await shell.projo(["members", "list"], { env: { PROJO_TOKEN: token } })).code).toBe(1);
    const expected = [["access.denied", id]];
    const found = async (actor: string) =>
      (await entries("--actor", actor)).map((entry) => [entry.action, entry.actor.keyId]);
    for (const actor of ["nightly", "key:nightly", "NIGHTLY", id.toUpperCase()])
      expect(await found(actor), actor).toEqual(expected);
    await projo("keys", "revoke", "nightly", "--yes");
    for (const actor of ["nightly", id]) expect(await found(actor), actor).toEqual(expected);
    expect((await entries("--target", "key:nightly")).map(({ action }) => action)).toEqual([
      "key.revoked",
      "key.created",
    ]);
    expect(await entries("--actor", "me", "--target", `member:ann${rounds}@EXAMPLE.com`)).toEqual([]);
  });

  it("prints all pages with --all", async () => {
    await plantEntries(server, workspaceId, 250);
    const numbers = (await entries("--all")).map(({ seq }) => seq);
    expect(numbers).toEqual(Array.from({ length: 251 }, (_, place) => 251 - place));
    expect(await entries("--limit", "130")).toHaveLength(130);
  });

  it("names the correct form of an invalid option", async () => {
    expect(await refused("list", "--target", ":1")).toEqual([2, expect.stringContaining("as TYPE:ID")]);
    expect(await refused("list", "--action", "nothing")).toEqual([
      2,
      expect.stringContaining("task.deleted"),
    ]);
    expect(await refused("list", "--actor", "no@example.com")).toEqual([
      1,
      expect.stringContaining("projo members list"),
    ]);
    expect(await refused("tail", "--interval", "0")).toEqual([
      2,
      expect.stringContaining("0.1 to 3600 seconds"),
    ]);
    expect(await refused("verify", "--after", "5")).toEqual([2, expect.stringContaining("SEQ:HASH")]);
    expect(await refused("export", "--format", "xml")).toEqual([2, expect.stringContaining("ndjson or csv")]);
  });
});

it("U6 the audit commands refuse members who are not admins, and ask anonymous users to sign in", async () => {
  const bob = await openMember(server, shell, { email: `bob${rounds}@example.com` });
  const anonymous = await openShell(server.url);
  for (const argv of [["list"], ["tail"], ["export"], ["verify"], ["checkpoint"]]) {
    const answer = await bob.projo(["audit", ...argv, "--json"]);
    expect(answer).toMatchObject({ code: 1, out: "" });
    expect(answer.err).toContain("permission.denied");
    expect(await anonymous.projo(["audit", ...argv])).toMatchObject({ code: 4, out: "" });
  }
  await anonymous.close();
  await bob.close();
});

describe("audit export", () => {
  it("exports every entry up to its start, in order, over several calls", async () => {
    await plantEntries(server, workspaceId, 5_200);
    const { lines, footer } = await exportLog(shell);
    expect(lines.map(({ text }) => (JSON.parse(text) as { seq: number }).seq)).toEqual(
      Array.from({ length: 5_201 }, (_, place) => place + 1),
    );
    expect(footer.entries).toBe(5_201);
    const [newest] = await entries("--action", "audit.exported");
    expect(newest?.after).toMatchObject({ fromSeq: 5_001, toSeq: 5_201 });
  });

  it("replaces a file as a whole, readable by its owner only", async () => {
    await shell.file("log.ndjson", "old content");
    const { out, err } = await projo("audit", "export", "--out", "log.ndjson");
    expect({ out, err }).toEqual({ out: "", err: "1 entry written to log.ndjson.\n" });
    expect((await read(shell, "log.ndjson")).trimEnd().split("\n")).toHaveLength(3);
    expect((await stat(join(shell.directory, "log.ndjson"))).mode & 0o777).toBe(0o600);
    expect(await readdir(shell.directory)).toEqual(["log.ndjson"]);
    expect((await projo("audit", "verify", "log.ndjson")).out).toContain("Intact: 1 entry, 1 to 1");
    expect(await jsonOf(shell, "audit", "export", "--out", "log.ndjson")).toEqual({
      file: "log.ndjson",
      format: "ndjson",
      entries: 2,
    });
  });

  it("keeps the old file and leaves no partial file when it fails", async () => {
    await plantEntries(server, workspaceId, 5_200);
    await shell.file("log.ndjson", "old content");
    let calls = 0;
    const breaking: Fetch = (url, init) => {
      if (!url.includes("audit.export")) return fetch(url, init);
      calls += 1;
      return calls === 1 ? fetch(url, init) : Promise.reject(new TypeError("fetch failed"));
    };
    const failed = await shell.projo(["audit", "export", "--out", "log.ndjson"], { fetch: breaking });
    // The second part is requested three times: the SDK repeats a call twice.
    expect({ calls, code: failed.code }).toEqual({ calls: 4, code: 1 });
    expect(await read(shell, "log.ndjson")).toBe("old content");
    expect(await readdir(shell.directory)).toEqual(["log.ndjson"]);
  });

  it("refuses to replace a directory or a device, and follows a link", async () => {
    await symlink("/dev/null", join(shell.directory, "device"));
    for (const place of [".", "device"]) {
      const { code, err } = await shell.projo(["audit", "export", "--out", place]);
      expect([code, err]).toEqual([2, expect.stringContaining("is not a regular file")]);
    }
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
    await writeFile(join(shell.directory, "kept"), "");
    await symlink("kept", join(shell.directory, "link"));
    await projo("audit", "checkpoint", "--out", "link");
    expect(await read(shell, "kept")).toContain("signature");
    const nowhere = await shell.projo(["audit", "export", "--out", "nowhere/log"]);
    expect([nowhere.code, nowhere.err]).toEqual([
      1,
      expect.stringContaining("its directory does not exist. Create the directory, or choose another file."),
    ]);
    // The refused exports have added no entries.
    expect(await entries("--action", "audit.exported")).toEqual([]);
  });

  it("N5 escapes CSV cells that a spreadsheet would read as a formula", async () => {
    await plantEntries(server, workspaceId, 20);
    await server.database.owner(
      `SET LOCAL app.workspace_id = '${workspaceId}';
       SELECT projo_audit_append('[{"id": "01990000-0000-7000-8000-000000000001", "actorKind": "system", "action": "task.deleted",
         "targetType": "=1+1", "targetId": "@SUM(A1)", "outcome": "ok", "requestId": "-2\\" ,\\n3", "personal": {"userAgent": "+1"}}]')`,
    );
    const { out } = await projo("audit", "export", "--format", "csv");
    const rows: string[][] = parse(out);
    expect(rows).toHaveLength(23);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
    expect(rows.at(-1)).toEqual(expect.arrayContaining(["'=1+1", "'@SUM(A1)", "'-2\" ,\n3", "'+1"]));
  });

  it("prints no characters that control the terminal", async () => {
    await plantEntries(server, workspaceId, 3);
    for (const format of ["ndjson", "csv"]) {
      const { out } = await expectDone(shell.projo(["audit", "export", "--format", format], { columns: 80 }));
      expect(out).toContain("Title");
      expect(out).not.toMatch(/[\u2028\u202e]|(?!\n)\p{Cc}/u);
    }
  });
});

describe("audit verify without a file", () => {
  it("verifies the whole log, or continues after an entry", async () => {
    await plantEntries(server, workspaceId, 5_200);
    const { out } = await projo("audit", "verify");
    const [, last = ""] =
      /^Intact according to the server: 5201 entries, up to (5201:[0-9a-f]{64})\n$/.exec(out) ?? [];
    await projo("workspaces", "rename", "Later");
    expect(await jsonOf(shell, "audit", "verify", "--after", last)).toEqual({
      intact: true,
      entries: 1,
      lastSeq: 5_202,
      lastHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("prints the command to continue when the server is lost", async () => {
    await plantEntries(server, workspaceId, 5_200);
    let calls = 0;
    const breaking: Fetch = (url, init) => {
      if (url.includes("audit.verify")) calls += 1;
      return calls > 1 ? Promise.reject(new TypeError("fetch failed")) : fetch(url, init);
    };
    const { code, err } = await shell.projo(["audit", "verify"], { fetch: breaking });
    expect(code).toBe(1);
    const [, after = ""] = /To continue, run: projo audit verify --after (5000:[0-9a-f]{64})/.exec(err) ?? [];
    expect((await projo("audit", "verify", "--after", after)).out).toContain("201 entries");
  });

  it("U4 exits with 1 and names the first invalid entry", async () => {
    await plantEntries(server, workspaceId, 50);
    await tamper(`UPDATE audit_logs SET action = 'nothing' WHERE workspace_id = 'HOME' AND seq = 20`);
    const { code, out, err } = await shell.projo(["audit", "verify"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("The log is not intact (edited). Entry 20 is not as it was written");
    const json = await shell.projo(["audit", "verify", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ intact: false, seq: 20, problem: "edited" });
    expect(JSON.parse(json.err)).toMatchObject({ error: { reason: "cli.log_not_intact", seq: 20 } });
  });

  it("U5 compares the log with every saved checkpoint and reports removed entries", async () => {
    const files: string[] = [];
    for (const name of ["a.json", "b.json", "c.json"]) {
      await plantEntries(server, workspaceId, 10);
      await projo("audit", "checkpoint", "--out", name);
      files.push("--checkpoint", name);
    }
    await shell.file("same.json", await read(shell, "b.json"));
    const all = ["c.json", "b.json", "a.json"].flatMap((name) => ["--checkpoint", name]);
    expect((await projo("audit", "verify", ...all, "--checkpoint", "same.json")).out).toContain("31 entries");
    await tamper(`DELETE FROM audit_logs WHERE workspace_id = 'HOME' AND seq > 25`);
    expect((await projo("audit", "verify")).out).toContain("25 entries");
    expect((await projo("audit", "verify", ...files.slice(0, 4))).out).toContain("25 entries");
    const caught = await shell.projo(["audit", "verify", ...all]);
    expect(caught.code).toBe(1);
    expect(caught.err).toContain("The log is not intact (truncated). Entry 26 is missing at the end");
  });

  it("U5 refuses a checkpoint of another log and a changed checkpoint", async () => {
    const { out } = await projo("audit", "checkpoint");
    const checkpoint = JSON.parse(out) as SavedCheckpoint;
    await shell.file("changed.json", JSON.stringify({ ...checkpoint, text: `${checkpoint.text} ` }));
    await shell.file("own.json", out);
    await projo("workspaces", "create", "Other");
    for (const name of ["changed.json", "own.json"]) {
      const { code, err } = await shell.projo(["audit", "verify", "--checkpoint", name, "--json"]);
      expect(code).toBe(1);
      expect(JSON.parse(err)).toMatchObject({
        error: { reason: "checkpoint.invalid", message: expect.stringContaining(name) as string },
      });
    }
    // A checkpoint of another log says nothing about this one.
    const keys = await fetch(new URL("/.well-known/projo-audit-keys.json", server.url));
    await shell.file("keys.json", await keys.text());
    await projo("audit", "export", "--out", "other.ndjson");
    const ofFile = ["audit", "verify", "other.ndjson", "--key", "keys.json", "--checkpoint", "own.json"];
    const mixed = await shell.projo(ofFile);
    expect([mixed.code, mixed.err]).toEqual([
      1,
      expect.stringMatching(/^projo: The log was not verified\. The checkpoint own\.json belongs to another/),
    ]);
    await shell.file("none.json", "{}");
    expect((await shell.projo(["audit", "verify", "--checkpoint", "none.json"])).code).toBe(2);
    const after = `1:${"0".repeat(64)}`;
    const early = await shell.projo(["audit", "verify", "--checkpoint", "own.json", "--after", after]);
    expect([early.code, early.err]).toEqual([2, expect.stringContaining("Omit --after")]);
  });
});

/** Starts a tail in the shell of the test. */
function startTail(send: Fetch = fetch) {
  const keyboard = new EventEmitter();
  const output = { printed: (): string => "" };
  const ended = shell.projo(["audit", "tail", "--interval", "0.1", "--json"], {
    fetch: send,
    onStart: (interrupt, printed) => {
      keyboard.on("Ctrl-C", interrupt);
      output.printed = printed;
    },
  });
  return {
    ended,
    interrupt: () => void keyboard.emit("Ctrl-C"),
    hasPrinted: (text: string) => vi.waitUntil(() => output.printed().includes(text), { timeout: 15_000 }),
  };
}

describe("audit tail", () => {
  it("prints each entry once and in order, and exits with 0 at Ctrl-C", async () => {
    const tail = startTail();
    await tail.hasPrinted("Waiting for entries after 1.");
    let last = 1;
    for (const many of [1, 230, 3]) {
      await plantEntries(server, workspaceId, many);
      last += many;
      await tail.hasPrinted(`"seq":${last},`);
    }
    tail.interrupt();
    const { code, out, err } = await tail.ended;
    expect(code).toBe(0);
    expect(err).toBe("Waiting for entries after 1. Press Ctrl-C to stop.\n");
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as AuditEntry).seq)).toEqual(
      Array.from({ length: 234 }, (_, place) => place + 2),
    );
  });

  it("retries while the server is unreachable, and skips no entry", async () => {
    let isUnreachable = false;
    const tail = startTail((url, init) =>
      isUnreachable ? Promise.reject(new TypeError("fetch failed")) : fetch(url, init),
    );
    await tail.hasPrinted("Waiting for entries after 1.");
    isUnreachable = true;
    await plantEntries(server, workspaceId, 5);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    isUnreachable = false;
    await tail.hasPrinted('"seq":6,');
    tail.interrupt();
    const { code, out, err } = await tail.ended;
    expect(code).toBe(0);
    expect(out.match(/task\.deleted/g)).toHaveLength(5);
    expect(err.match(/The server does not respond/g)).toHaveLength(1);
  });
});
