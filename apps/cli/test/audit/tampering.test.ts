// Verifies exported logs without the server. A second, independent verifier must report the same problems:
// packages/db/test/audit/verify.py, if Python is installed.
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportLog, fileOf, plantEntries, saveKeys, type ExportedLog, workspaceOf } from "./audit-log.ts";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { forge, rehash, seeded, tamper } from "./tampered-logs.ts";

const LENGTH = 300;
const needed = process.env["CI"] === "true";
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const secondVerifier = fileURLToPath(
  new URL("../../../../packages/db/test/audit/verify.py", import.meta.url),
);
if (!hasPython && !needed)
  process.stderr.write("python3 is not installed: the second verifier was not run.\n");

let server: TestServer;
let shell: Shell;
let log: ExportedLog;
let foreign: ExportedLog;
let keys: string;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  await plantEntries(server, await workspaceOf(shell), LENGTH - 1);
  log = await exportLog(shell);
  await expectDone(shell.projo(["workspaces", "create", "Other"]));
  await plantEntries(server, await workspaceOf(shell), LENGTH - 1);
  foreign = await exportLog(shell);
  keys = await saveKeys(server, shell);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

interface Verdict {
  intact: boolean;
  seq: number | null;
  problem: string;
}

interface Checked {
  code: number;
  err: string;
  verdict: Verdict;
}

async function verify(content: string, ...argv: string[]): Promise<Checked> {
  await shell.file("checked.ndjson", content);
  const args = ["audit", "verify", "checked.ndjson", "--json", ...argv];
  // Nothing listens on this URL: the command needs no server.
  const { code, out, err } = await shell.projo(args, { env: { PROJO_URL: "http://127.0.0.1:9" } });
  return { code, err, verdict: (out === "" ? {} : JSON.parse(out)) as Verdict };
}

/** Runs the second verifier on all files and compares its verdicts. CI requires Python. */
function expectSecond(files: readonly string[], verdicts: readonly unknown[], checkpoint?: string): void {
  expect(hasPython || !needed, "CI needs python3").toBe(true);
  if (!hasPython) return;
  const compared = checkpoint === undefined ? [] : ["--checkpoint", checkpoint];
  const { stdout, stderr } = spawnSync("python3", [secondVerifier, "--keys", keys, ...compared, ...files], {
    cwd: shell.directory,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(verdicts);
}

it("reports an untouched export as intact, with its workspace and last entry", async () => {
  const { header, lines, footer, workspaceId } = log;
  const content = fileOf(header, lines, footer);
  const { code, verdict } = await verify(content, "--key", keys, "--workspace", workspaceId.toUpperCase());
  expect(code).toBe(0);
  expect(verdict).toEqual({
    intact: true,
    workspaceId,
    after: { seq: 0, hash: "0".repeat(64) },
    entries: LENGTH,
    lastSeq: LENGTH,
    lastHash: lines.at(-1)?.hash,
    footerCheckpoint: "genuine",
    laterCheckpoints: [],
    notCovered: null,
  });
  const piped = await shell.projo(["audit", "verify", "-", "--key", keys], { stdin: content });
  expect(piped).toEqual({
    code: 0,
    out: `Intact: ${LENGTH} entries, 1 to ${LENGTH}, of the workspace ${workspaceId}\n`,
    err: "",
  });
});

it("U4 U5 finds the first invalid entry in 140 tampered exports, as a second verifier does", async () => {
  const random = seeded(20_261_122);
  const files: string[] = [];
  const expected: Verdict[] = [];
  for (let round = 0; round < 140; round += 1) {
    const { what, content, seq, problem } = tamper({ log, foreign, round, random });
    const checked = await verify(content, "--key", keys);
    const expectedVerdict: Verdict = { intact: false, seq, problem };
    expect(checked.verdict, what).toMatchObject(expectedVerdict);
    expect(checked.code, what).toBe(1);
    expect(checked.err, what).toContain(seq === null ? "checkpoint" : `Entry ${seq} is `);
    files.push(await shell.file(`${round}.ndjson`, content));
    expected.push(expectedVerdict);
  }
  expectSecond(files, expected);
});

describe("a checkpoint", () => {
  it("U5 reveals a truncated or rewritten log when it was saved earlier", async () => {
    const { header, lines, footer } = log;
    const saved = await shell.file("saved.json", JSON.stringify(footer.checkpoint));
    const cut = lines.slice(0, 200);
    const silent = fileOf(header, cut, { entries: 200, checkpoint: null });
    expect((await verify(silent, "--key", keys)).verdict).toMatchObject({
      intact: true,
      footerCheckpoint: "none",
    });
    const caught = await verify(silent, "--key", keys, "--checkpoint", saved);
    expect(caught.verdict).toMatchObject({ intact: false, seq: 201, problem: "truncated" });
    expect(caught.err).toContain(`a checkpoint covers entry ${LENGTH}`);
    const forged = structuredClone(lines);
    forge(forged, 100);
    rehash(forged, 100, LENGTH);
    const rewritten = fileOf(header, forged, { entries: LENGTH, checkpoint: null });
    expect((await verify(rewritten, "--key", keys)).verdict).toMatchObject({ intact: true });
    expect((await verify(rewritten, "--key", keys, "--checkpoint", saved)).verdict).toMatchObject({
      seq: LENGTH,
      problem: "rewritten",
    });
    const whole = fileOf(header, lines, footer);
    expect((await verify(whole, "--key", keys, "--checkpoint", saved, "--checkpoint", saved)).code).toBe(0);
  });

  it("U5 names a checkpoint of later entries that was created after the export, and no truncated log", async () => {
    const { workspaceId, header, lines, footer } = await exportLog(shell, "--workspace", log.workspaceId);
    const { out } = await expectDone(shell.projo(["audit", "checkpoint", "--workspace", workspaceId]));
    const later = await shell.file("later.json", out);
    // The checkpoint covers the entry of the export, which the export does not contain.
    expect(JSON.parse((JSON.parse(out) as { text: string }).text)).toMatchObject({ seq: lines.length + 1 });
    const before = await shell.file("before.json", JSON.stringify(log.footer.checkpoint));
    const whole = fileOf(header, lines, footer);
    const both = ["--key", keys, "--checkpoint", before, "--checkpoint", later];
    const compared = await verify(whole, ...both);
    expect(compared).toMatchObject({
      code: 0,
      verdict: {
        intact: true,
        lastSeq: lines.length,
        footerCheckpoint: "genuine",
        laterCheckpoints: [later],
        notCovered: { from: lines.length + 1, to: lines.length + 1 },
      },
    });
    expect(compared.err).toContain(`Entry ${lines.length + 1} was not verified`);
    expect(compared.err).toContain("export the log again");
    // The earlier checkpoint is still compared.
    const cut = fileOf(header, lines.slice(0, 100), { entries: 100, checkpoint: null });
    expect((await verify(cut, ...both)).verdict).toMatchObject({ seq: 101, problem: "truncated" });
    // An export that was made after the checkpoint must contain its entry, whatever its own footer says.
    const after = await exportLog(shell, "--workspace", workspaceId);
    const hidden = fileOf(after.header, after.lines.slice(0, -1), {
      entries: after.lines.length - 1,
      checkpoint: null,
    });
    expect((await verify(hidden, "--key", keys, "--checkpoint", later)).verdict).toMatchObject({
      seq: lines.length + 1,
      problem: "truncated",
    });
    const files = await Promise.all([shell.file("later.ndjson", whole), shell.file("hidden.ndjson", hidden)]);
    expectSecond(
      files,
      [
        expect.objectContaining({ intact: true, entries: lines.length }),
        { intact: false, seq: lines.length + 1, problem: "truncated" },
      ],
      later,
    );
    // The log grows further: the range ends at the last entry that a checkpoint covers, whatever the order of the options.
    for (const name of ["One", "Two"])
      await expectDone(shell.projo(["workspaces", "rename", name, "--workspace", workspaceId]));
    const last = lines.length + 4;
    const latest = await shell.projo([
      "audit",
      "checkpoint",
      "--workspace",
      workspaceId,
      "--out",
      "latest.json",
    ]);
    expect(latest.err).toContain(`The checkpoint covers entries 1 to ${last}.`);
    const all = ["--checkpoint", "latest.json", ...both];
    expect((await verify(whole, ...all)).verdict).toMatchObject({
      intact: true,
      laterCheckpoints: ["latest.json", later],
      notCovered: { from: lines.length + 1, to: last },
    });
    expect((await verify(whole, ...all)).err).toContain(
      `Entries ${lines.length + 1} to ${last} were not verified`,
    );
    // A new export has the entries of both checkpoints.
    const again = await exportLog(shell, "--workspace", workspaceId);
    const covered = await verify(fileOf(again.header, again.lines, again.footer), ...all);
    expect(covered.verdict).toMatchObject({ intact: true, laterCheckpoints: [], notCovered: null });
    expect(covered.err).not.toContain("not verified");
  });

  it("U5 counts only when the server's key has signed it for this log", async () => {
    const { header, lines, footer, workspaceId } = log;
    const genuine = footer.checkpoint;
    const last = { seq: LENGTH, hash: lines.at(-1)?.hash ?? "" };
    const thief = generateKeyPairSync("ed25519").privateKey;
    const { signature } = genuine;
    const bad = [
      signedBy(thief, textOf(workspaceId, last), genuine.keyId),
      signedBy(thief, textOf(workspaceId, last), "another"),
      { ...genuine, text: genuine.text.replace(`"seq":${LENGTH}`, `"seq":${LENGTH - 1}`) },
      { ...genuine, text: `${genuine.text} ` },
      { ...genuine, signature: signature.replace(/^./, (first) => (first === "A" ? "B" : "A")) },
      { ...genuine, signature: ` ${signature}` },
      { ...genuine, signature: "" },
      "checkpoint",
      foreign.footer.checkpoint,
    ];
    const files: string[] = [];
    for (const [place, checkpoint] of bad.entries()) {
      const content = fileOf(header, lines, { entries: LENGTH, checkpoint });
      const checked = await verify(content, "--key", keys);
      expect(checked.verdict, JSON.stringify(checkpoint)).toMatchObject({ seq: null, problem: "checkpoint" });
      expect(checked.code).toBe(1);
      files.push(await shell.file(`checkpoint-${place}.ndjson`, content));
    }
    const wrong = bad.map(() => ({ intact: false, seq: null, problem: "checkpoint" }));
    expectSecond(files, wrong);
    const textless = fileOf(header, lines, { entries: LENGTH, checkpoint: { ...genuine, text: 1 } });
    expect((await verify(textless, "--key", keys)).verdict).toMatchObject({ problem: "checkpoint" });
    // A checkpoint of an earlier entry would hide the removal of later ones.
    const signer = generateKeyPairSync("ed25519");
    const pem = await shell.file(
      "key.pem",
      signer.publicKey.export({ format: "pem", type: "spki" }).toString(),
    );
    const early = signedBy(
      signer.privateKey,
      textOf(workspaceId, { seq: 5, hash: lines[4]?.hash ?? "" }),
      "k",
    );
    const outdated = fileOf(header, lines, { entries: LENGTH, checkpoint: early });
    expect((await verify(outdated, "--key", pem)).verdict).toMatchObject({
      seq: null,
      problem: "checkpoint",
    });
    const own = fileOf(header, lines, {
      entries: LENGTH,
      checkpoint: signedBy(signer.privateKey, textOf(workspaceId, last), "k"),
    });
    expect((await verify(own, "--key", pem)).code).toBe(0);
  });

  it("without a key is reported as not verified", async () => {
    const { header, lines, footer } = log;
    const { code, err, verdict } = await verify(fileOf(header, lines, footer));
    expect({ code, verdict }).toMatchObject({ code: 0, verdict: { footerCheckpoint: "unchecked" } });
    expect(err).toContain("The footer's checkpoint was not verified");
    expect(err).toContain("/.well-known/projo-audit-keys.json");
    // The checkpoint must still match the number of entries.
    const longer = fileOf(header, lines.slice(0, 10), { ...footer, entries: 10 });
    expect((await verify(longer)).verdict).toMatchObject({ seq: 11, problem: "truncated" });
  });
});

it("U4 verifies a file against the given workspace, not the one in its header", async () => {
  const { header, lines, footer, workspaceId } = log;
  const other = ["--workspace", foreign.workspaceId];
  const whole = fileOf(header, lines, footer);
  expect((await verify(whole, "--key", keys, ...other)).verdict).toMatchObject({
    seq: 1,
    problem: "foreign",
  });
  const relabelled = fileOf(foreign.header, lines, footer);
  expect((await verify(relabelled, "--key", keys)).verdict).toMatchObject({ seq: 1, problem: "foreign" });
  expect((await verify(relabelled, "--key", keys, "--workspace", workspaceId)).verdict).toMatchObject({
    seq: 1,
    problem: "foreign",
  });
  expect((await verify(whole, "--workspace", "Acme")).code).toBe(2);
});

it("U4 rejects any line after the footer", async () => {
  const { header, lines, footer } = log;
  const whole = fileOf(header, lines, footer);
  for (const more of [whole, JSON.stringify(lines[0]), "x", JSON.stringify(footer)]) {
    const { verdict } = await verify(`${whole}${more}`, "--key", keys);
    expect(verdict).toMatchObject({ seq: LENGTH + 1, problem: "edited" });
  }
});

it("reports the first entry of a partial log", async () => {
  const { lines, footer, workspaceId } = log;
  const after = { seq: 41, hash: lines[40]?.hash };
  const header = JSON.stringify({ format: "projo-audit/1", workspaceId, after });
  const rest = lines.slice(41);
  const part = await verify(fileOf(header, rest, { ...footer, entries: LENGTH - 41 }), "--key", keys);
  expect(part.verdict).toMatchObject({ intact: true, entries: LENGTH - 41, after });
  expect(part.err).toContain("starts after entry 41");
});

describe("an input that cannot be verified", () => {
  it("exits with 2 and names the next step", async () => {
    const { header, lines, footer } = log;
    const whole = await shell.file("whole.ndjson", fileOf(header, lines, footer));
    await shell.file("empty", "");
    await shell.file("photo", Buffer.alloc(20_000_000, 0xff));
    await shell.file(
      "rsa.pem",
      generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "pem", type: "spki" }),
    );
    const messageOf = async (...argv: string[]) => {
      const { code, out, err } = await shell.projo(["audit", "verify", ...argv]);
      expect({ code, out }, argv.join(" ")).toEqual({ code: 2, out: "" });
      return err;
    };
    expect(await messageOf("nowhere")).toContain(
      "The file nowhere does not exist or cannot be read. Check the path.",
    );
    expect(await messageOf(".")).toContain("is a directory");
    expect(await messageOf("empty")).toContain(
      "empty is empty. Create an export: projo audit export --out FILE",
    );
    for (const wrong of ["photo", keys]) {
      expect(await messageOf(wrong)).toContain(`${wrong} does not start with the header of an export`);
    }
    for (const wrong of ["empty", "rsa.pem", whole]) {
      expect(await messageOf(whole, "--key", wrong)).toContain(
        `${wrong} contains no Ed25519 public key. Get the server's`,
      );
    }
    expect(await messageOf(whole, "--key", keys, "--checkpoint", keys)).toContain("is not a checkpoint");
    expect(await messageOf(whole, "--checkpoint", keys)).toContain("--checkpoint needs --key");
    expect(await messageOf(whole, "--after", `1:${"0".repeat(64)}`)).toContain(
      "a file is verified as a whole",
    );
    expect(await messageOf("--key", keys)).toContain("Add the file as an argument");
  });

  it("distinguishes a partial line from a changed one", async () => {
    const whole = fileOf(log.header, log.lines, log.footer);
    const cut = await verify(whole.slice(0, whole.indexOf("\n", whole.length / 2) + 40), "--key", keys);
    expect(cut.verdict.problem).toBe("edited");
    expect(cut.err).toContain("the file ends in the middle of its line");
  });

  it("names the key when a different key signed the checkpoint", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const pem = await shell.file("other.pem", publicKey.export({ format: "pem", type: "spki" }));
    const raw = publicKey.export({ format: "jwk" }).x ?? "";
    const published = {
      keyId: "other",
      algorithm: "Ed25519",
      publicKey: Buffer.from(raw, "base64url").toString("base64"),
    };
    const json = await shell.file("other.json", JSON.stringify({ keys: [published] }));
    const whole = fileOf(log.header, log.lines, log.footer);
    expect((await verify(whole, "--key", pem)).err).toContain("was not signed with that key");
    expect((await verify(whole, "--key", json)).err).toContain("which is not in the key file");
  });
});

const textOf = (workspaceId: string, { seq, hash }: { seq: number; hash: string }): string =>
  JSON.stringify({
    format: "projo-checkpoint/1",
    workspaceId,
    seq,
    hash,
    createdAt: "2026-01-31T00:00:00.000Z",
  });

function signedBy(key: KeyObject, text: string, keyId: string) {
  return { text, signature: sign(null, Buffer.from(text), key).toString("base64"), keyId };
}
