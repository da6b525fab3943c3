import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/index.ts";
import { fileTokenStore, SharedFileError } from "../../src/node.ts";
import { startTokenServer, tokensOf } from "../token-server.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-tokens-"));
  path = join(directory, "deep", "er", "session.json");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
const hasModes = process.platform !== "win32";

const problemOf = async (work: unknown): Promise<SharedFileError> => {
  const error = await Promise.resolve(work).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof SharedFileError) return error;
  throw new Error(`No SharedFileError but ${inspect(error)}`);
};

describe("fileTokenStore", () => {
  it("keeps the tokens for the next program, and removes them", async () => {
    expect(await fileTokenStore({ path }).get()).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
    await fileTokenStore({ path }).set(tokensOf(1));
    expect(await fileTokenStore({ path }).get()).toEqual(tokensOf(1));
    await fileTokenStore({ path }).clear();
    expect(await fileTokenStore({ path }).get()).toBeUndefined();
    expect(await readFile(path, "utf8")).not.toContain("secret");
    expect(await readdir(join(directory, "deep", "er"))).toEqual(["session.json"]);
  });

  it.runIf(hasModes)("creates the file with mode 0600 and its directories with mode 0700", async () => {
    const old = process.umask(0);
    try {
      await fileTokenStore({ path }).set(tokensOf(1));
    } finally {
      process.umask(old);
    }
    expect(await modeOf(path)).toBe("600");
    expect(await modeOf(join(directory, "deep"))).toBe("700");
    expect(await modeOf(join(directory, "deep", "er"))).toBe("700");
  });

  it.runIf(hasModes)(
    "refuses a file that other users can read, and a group unless it is allowed",
    async () => {
      const store = fileTokenStore({ path });
      await store.set(tokensOf(1));
      for (const mode of [0o644, 0o604, 0o602, 0o640, 0o660]) {
        await chmod(path, mode);
        const { problem, message } = await problemOf(store.get());
        expect([problem, message]).toEqual([
          "exposed",
          `Other users can read or change ${path} (mode ${mode.toString(8)}). Run: chmod 600 ${path}. If somebody may have copied it, sign out.`,
        ]);
      }
      const allowing = fileTokenStore({ path, allowGroup: true });
      expect(await allowing.get()).toEqual(tokensOf(1));
      await chmod(path, 0o664);
      expect((await problemOf(allowing.get())).problem).toBe("exposed");
      // A new sign-in replaces the file, which then has the mode 0600.
      await store.set(tokensOf(2));
      expect(await store.get()).toEqual(tokensOf(2));
      expect(await modeOf(path)).toBe("600");
    },
  );

  it("keeps a file for each server and name in a directory", async () => {
    const at = (baseUrl: string, name?: string) => fileTokenStore({ directory, baseUrl, name });
    const stores = [
      at("https://projo.example"),
      at("https://projo.example", "reports"),
      at("https://projo.example", "a/../b"),
      at("https://projo.example", "a-..-b"),
      at("http://projo.example"),
      at("https://projo.example/api"),
      at("http://[::1]:4000"),
      at(`https://${"long.".repeat(40)}example`, "n".repeat(300)),
    ];
    for (const [index, store] of stores.entries()) await store.set(tokensOf(index));
    for (const [index, store] of stores.entries()) expect(await store.get()).toEqual(tokensOf(index));
    // The same server, written in another way.
    expect(await at("HTTPS://Projo.Example:443/").get()).toEqual(tokensOf(0));
    const names = await readdir(directory);
    expect(names).toHaveLength(stores.length);
    // These names are valid on every system.
    expect(names.filter((name) => !/^[\w.-]{1,110}\.json$/.test(name))).toEqual([]);
  });

  it.runIf(hasModes)("keeps a symbolic link to the file", async () => {
    const target = join(directory, "managed.json");
    path = join(directory, "session.json");
    await symlink(target, path);
    const store = fileTokenStore({ path });
    await writeFile(target, JSON.stringify({ tokens: tokensOf(1) }), { mode: 0o600 });
    await store.set(tokensOf(2));
    await store.clear();
    await store.set(tokensOf(3));
    expect((await lstat(path)).isSymbolicLink()).toBe(true);
    expect(JSON.parse(await readFile(target, "utf8"))).toEqual({ tokens: tokensOf(3) });
  });

  it("rejects a content of another form without quoting it", async () => {
    const store = fileTokenStore({ path });
    await store.set(tokensOf(1));
    for (const content of [
      "",
      "pjr_secret",
      '{"tokens":{"refreshToken":"pjr_secret"}}',
      '{"tokens":[]}',
      "[]",
    ]) {
      await writeFile(path, content);
      const error = await problemOf(store.get());
      expect(error.problem).toBe("invalid");
      expect(error.message).toBe(
        `${path} does not contain the tokens of a session. Pass the path of another file, or delete this one and sign in again.`,
      );
      expect(inspect(error, { depth: null })).not.toContain("pjr_");
    }
    await writeFile(path, `\ufeff${JSON.stringify({ tokens: tokensOf(2) })}`);
    expect(await store.get()).toEqual(tokensOf(2));
  });

  it("names the file, the cause and the next step when it cannot write or read", async () => {
    await writeFile(join(directory, "file"), "");
    const inFile = fileTokenStore({ path: join(directory, "file", "session.json") });
    const notDirectory =
      "a part of its path is a file, not a directory. Pass another path to fileTokenStore.";
    const written = await problemOf(inFile.set(tokensOf(1)));
    expect([written.problem, written.message]).toEqual([
      "unwritable",
      `${inFile.path} cannot be written: ${notDirectory}`,
    ]);
    const read = await problemOf(inFile.get());
    expect([read.problem, read.message]).toEqual([
      "unreadable",
      `${inFile.path} cannot be read: ${notDirectory}`,
    ]);
    await mkdir(join(directory, "session.json"));
    expect(
      (await problemOf(fileTokenStore({ path: join(directory, "session.json") }).get())).message,
    ).toContain("a directory has its name. Remove the directory, or pass another path to fileTokenStore.");
  });

  it("passes on the error of the work inside the lock, and releases the lock", async () => {
    const store = fileTokenStore({ path });
    const refused = Object.assign(new Error("refused"), { syscall: "connect", code: "ECONNREFUSED" });
    await expect(store.lock?.(() => Promise.reject(refused))).rejects.toBe(refused);
    expect(await store.lock?.(async () => "again")).toBe("again");
  });

  it.each([
    [{}, "fileTokenStore needs either path, or directory and baseUrl"],
    [{ path: "a", directory: "b", baseUrl: "http://a" }, "fileTokenStore needs either path, or directory"],
    [{ path: "" }, "path must be the path of a file."],
    [{ path: "a\0b" }, "path must be the path of a file."],
    [{ directory: "", baseUrl: "http://a" }, "directory must be the path of a directory."],
    [{ directory: "a", baseUrl: "a" }, "baseUrl must be an absolute http or https URL"],
    [{ directory: "a", baseUrl: "http://a", name: "" }, "name must be a text that is not empty."],
  ])("rejects the options %j", (options, message) => {
    expect(() => fileTokenStore(options as never)).toThrow(message);
  });

  it("A3 the store does not show the tokens to loggers", async () => {
    const store = fileTokenStore({ path });
    await store.set(tokensOf(1));
    expect(inspect(store, { depth: null, showHidden: true })).not.toMatch(/pj[ar]_/);
  });

  it("S2 refreshes once for clients with stores of their own on one file", async () => {
    const server = await startTokenServer();
    await fileTokenStore({ path }).set(tokensOf(1));
    server.expireAccessToken();
    const clients = Array.from({ length: 10 }, () =>
      createClient({ baseUrl: server.url, tokens: fileTokenStore({ path }) }),
    );
    await Promise.all(clients.map((client) => client.tasks.get({ id: "t" })));
    expect(server.refreshes()).toEqual(["pjr_secret_1"]);
    await clients[0]?.auth.signOut();
    expect(await fileTokenStore({ path }).get()).toBeUndefined();
  });
});
