// projo's own files when the disk, the directory or the file is not as it should be. Nothing is lost, and one line names the
// path, the cause and the next step.
import { mkdir, readdir, readFile, readlink, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMAIL, expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "../kit.ts";

let server: TestServer;
let shell: Shell;
let directory: string;
let path: string;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  directory = join(shell.home, ".config", "projo");
  path = join(directory, "credentials.json");
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

const login = ["login", EMAIL, "--password-stdin"];

describe("the lock of the credentials", () => {
  it("a command takes the lock within seconds when it is empty, as older versions left it on a full disk", async () => {
    const lock = join(directory, "credentials.lock");
    await writeFile(lock, "");
    const before = new Date(Date.now() - 3_000);
    await utimes(lock, before, before);
    const used = shell.projo(["workspaces", "use", "Acme"]);
    expect((await used).code).toBe(0);
    expect(await readdir(directory)).toEqual(["credentials.json"]);
  });

  it("a command takes the lock when its time is far in the future, after the clock was wrong", async () => {
    const lock = join(directory, "credentials.lock");
    await writeFile(lock, JSON.stringify({ id: "x", pid: 1, host: "elsewhere" }));
    const future = new Date(Date.now() + 10 * 86_400_000);
    await utimes(lock, future, future);
    expect((await shell.projo(["workspaces", "use", "Acme"])).code).toBe(0);
  });

  it("the error names the lock when a directory has its name", async () => {
    const lock = join(directory, "credentials.lock");
    await mkdir(lock);
    const { code, err } = await shell.projo(["workspaces", "use", "Acme"]);
    expect([code, err]).toEqual([
      1,
      `projo: ${lock} cannot be written: a directory has its name. Remove the directory, or set PROJO_CONFIG_DIR to another directory.\n`,
    ]);
    await rm(lock, { recursive: true });
  });
});

async function sessions(): Promise<number> {
  const { out } = await expectDone(shell.projo(["sessions", "list", "--json", "--all"]));
  return (JSON.parse(out) as { items: unknown[] }).items.length;
}

describe("the credentials file", () => {
  it("a symbolic link remains a link", async () => {
    const target = join(shell.home, "managed.json");
    await rename(path, target);
    await symlink(target, path);
    await expectDone(shell.projo(["workspaces", "use", "Acme"]));
    expect(await readlink(path)).toBe(target);
    expect(JSON.parse(await readFile(target, "utf8"))).toMatchObject({ current: server.url });
    await rm(path);
    await rename(target, path);
  });

  it("a command reads the file with the byte order mark of an editor", async () => {
    await writeFile(path, `\ufeff${await readFile(path, "utf8")}`);
    expect((await shell.projo(["whoami"])).code).toBe(0);
  });

  it("the error names the file, the cause and the next step when it cannot be read", async () => {
    const file = join(shell.directory, "file");
    await writeFile(file, "");
    await mkdir(join(shell.directory, "full", "credentials.json"), { recursive: true });
    await symlink("loop", join(shell.directory, "loop"));
    const other = "et PROJO_CONFIG_DIR to another directory.\n";
    for (const [config, message] of [
      [file, `a part of its path is a file, not a directory. S${other}`],
      [join(shell.directory, "full"), `a directory has its name. Remove the directory, or s${other}`],
      [join(shell.directory, "loop"), `its symbolic links form a loop. Correct the links, or s${other}`],
    ] as const) {
      const { code, err } = await shell.projo(["whoami"], { env: { PROJO_CONFIG_DIR: config } });
      expect([code, err]).toEqual([
        1,
        `projo: ${join(config, "credentials.json")} cannot be read: ${message}`,
      ]);
    }
    await rm(join(shell.directory, "full"), { recursive: true });
    await rm(join(shell.directory, "loop"));
    await rm(file);
  });

  it.runIf(process.platform === "linux")(
    "is named before the sign-in when its directory cannot be created",
    async () => {
      const env = { PROJO_CONFIG_DIR: "/proc/self/projo" };
      const email = "early@example.com";
      const signup = ["signup", email, "--password-stdin"];
      const { code, err } = await shell.projo(signup, { stdin: PASSWORD, env });
      expect([code, err]).toEqual([
        1,
        "projo: /proc/self/projo/credentials.json cannot be written: its directory does not exist and cannot be created. Set PROJO_CONFIG_DIR to another directory.\n",
      ]);
      // The server created no account.
      const other = await openShell(server.url);
      await expectDone(other.projo(signup, { stdin: PASSWORD }));
      await other.close();
    },
  );

  it("undoes a sign-in that could not be stored", async () => {
    const other = await openShell(server.url);
    const before = await sessions();
    const { code, err } = await other.projo(login, {
      stdin: PASSWORD,
      // The directory vanishes while the server answers.
      fetch: async (...request) => {
        const response = await fetch(...request);
        await rm(join(other.home, ".config"), { recursive: true, force: true });
        await writeFile(join(other.home, ".config"), "");
        return response;
      },
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^projo: .*credentials\.json cannot be written: .* The sign-in was undone\.\n$/);
    expect(await sessions()).toBe(before);
    await other.close();
  });
});
