// The rotation of keys: no step refuses a token that servers of the step before have signed, and no output contains a key.
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseKeyRing } from "@projostack/api/key-ring";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "./run-command.ts";

let directory: string;
let file: string;
let secret: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-keys-"));
  file = join(directory, "keys");
  secret = randomBytes(32).toString("base64url");
  await writeFile(file, `1:${secret}\n`, { mode: 0o640 });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const line = async (path = file) => (await readFile(path, "utf8")).trim();
const rotate = (...args: string[]) => runCommand(["rotate-keys", ...args], { PROJO_TOKEN_KEYS_FILE: file });
const MESSAGE = "a signed value";

/** The keys in a line of text: none may appear in an output. */
const secretsIn = (text: string): string[] => text.split(",").map((pair) => pair.split(":")[1] ?? "");

describe("rotate-keys", () => {
  it("adds, uses and removes a key, and every step verifies what the step before signed", async () => {
    const lines = [await line()];
    const outputs: string[] = [];
    for (const args of [["add"], ["use", "2"], ["remove", "1"]]) {
      const { code, out, err } = await rotate(...args);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      outputs.push(out);
      lines.push(await line());
    }
    const rings = lines.map(parseKeyRing);
    expect(rings.map(({ newestKid }) => newestKid)).toEqual([1, 1, 2, 2]);
    for (const [at, ring] of rings.entries()) {
      const signed = ring.sign("test", MESSAGE);
      // Servers of two neighbouring steps run at the same time during a rolling restart.
      for (const other of [rings[at - 1], rings[at + 1]])
        expect(other?.verify("test", MESSAGE, signed) ?? true, `step ${at}`).toBe(true);
    }
    expect(rings[3]?.verify("test", MESSAGE, rings[0]?.sign("test", MESSAGE) ?? Buffer.alloc(16))).toBe(
      false,
    );
    for (const key of lines.flatMap(secretsIn)) expect(outputs.join("\n")).not.toContain(key);
    expect(outputs[0]).toContain("1. Restart every server, one after another.\n2. When every server");
    expect(outputs[0]).toContain("projostack rotate-keys use 2");
    expect(outputs[1]).toContain("After 30 days");
    expect(outputs[1]).toContain("projostack rotate-keys remove 1");
  });

  it("lets a new key sign at once with --first, for one server", async () => {
    expect(await rotate("add", "--first")).toMatchObject({ code: 0 });
    const ring = parseKeyRing(await line());
    expect(ring.newestKid).toBe(2);
    expect(ring.verify("test", MESSAGE, parseKeyRing(`1:${secret}`).sign("test", MESSAGE))).toBe(true);
  });

  it("lists the keys by number and changes nothing", async () => {
    const { code, out } = await rotate("--json");
    expect({ code, data: JSON.parse(out) as unknown }).toEqual({
      code: 0,
      data: { file, keys: [{ kid: 1, signs: true }] },
    });
    expect(await line()).toBe(`1:${secret}`);
    expect(out).not.toContain(secret);
  });

  it("keeps the mode of the file, and replaces the file behind a link", async () => {
    await chmod(file, 0o600);
    const link = join(directory, "link");
    await symlink(file, link);
    expect(await runCommand(["rotate-keys", "add"], { PROJO_TOKEN_KEYS_FILE: link })).toMatchObject({
      code: 0,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await line()).toMatch(/^1:[\w-]+,2:[\w-]{43}$/);
  });

  it("changes the keys that the server made", async () => {
    await writeFile(join(directory, "token-keys"), `1:${secret}\n`, { mode: 0o600 });
    const env = { PROJO_DATA_DIR: directory };
    expect(await runCommand(["rotate-keys", "add", "--first"], env)).toMatchObject({ code: 0 });
    expect(parseKeyRing(await line(join(directory, "token-keys"))).newestKid).toBe(2);
  });

  it("refuses to remove the key that signs, and names an absent key's alternatives", async () => {
    expect(await rotate("remove", "1")).toMatchObject({
      code: 1,
      err: expect.stringContaining("projostack rotate-keys use"),
    });
    expect(await rotate("use", "7")).toMatchObject({ code: 1, err: "There is no key 7. The kids are 1.\n" });
    expect(await rotate("use", "seven")).toMatchObject({ code: 2 });
    expect(await line()).toBe(`1:${secret}`);
  });

  it("refuses a second rotation while one is running", async () => {
    await writeFile(`${file}.new`, "");
    expect(await rotate("add")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Another rotation is running"),
    });
    expect(await line()).toBe(`1:${secret}`);
  });

  it("writes the next value to a new private file when a variable contains the keys", async () => {
    const env = { PROJO_TOKEN_KEYS: `1:${secret}` };
    const refused = await runCommand(["rotate-keys", "add"], env);
    expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--out") });
    const next = join(directory, "next");
    const { code, out, err } = await runCommand(["rotate-keys", "add", "--out", next], env);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(parseKeyRing(await line(next)).newestKid).toBe(1);
    expect((await stat(next)).mode & 0o777).toBe(0o600);
    for (const key of secretsIn(await line(next))) expect(out + refused.err).not.toContain(key);
    expect(await runCommand(["rotate-keys", "add", "--out", next], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining("It exists"),
    });
  });

  it("prints the next value alone on standard output with --out -, and the steps on standard error", async () => {
    const { code, out, err } = await runCommand(["rotate-keys", "add", "--out", "-"], {
      PROJO_TOKEN_KEYS: `1:${secret}`,
    });
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^1:${secret},2:[\\w-]{43}\n$`));
    for (const key of secretsIn(out.trim())) expect(err).not.toContain(key);
    expect(err).toContain("Restart every server");
  });

  it("an error does not repeat malformed keys", async () => {
    await writeFile(file, `1:${secret},broken\n`);
    const { code, out, err } = await rotate("add");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^PROJO_TOKEN_KEYS must be kid:key pairs/);
    expect(err).not.toContain(secret);
  });
});
