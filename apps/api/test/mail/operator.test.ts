// The server as `pnpm start` runs it, with the embedded PostgreSQL, and the operator's program.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { call, eventually, password, readMail, runOperator, startProgram } from "../kit/index.ts";

it("The operator's program reaches the embedded database with and without a running server", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "projo-operator-"));
  const env = { PROJO_DATA_DIR: dataDir, PORT: "0", DATABASE_URL: undefined, PROJO_SMTP_URL: undefined };
  const server = startProgram(["serve"], env);
  const lines: string[] = [];
  const logged: string[] = [];
  if (!server.stdout || !server.stderr) throw new Error("The program has no pipes.");
  createInterface({ input: server.stdout }).on("line", (line) => lines.push(line));
  createInterface({ input: server.stderr }).on("line", (line) => logged.push(line));
  const ended = new Promise((resolve) => server.once("close", resolve));
  try {
    const shown = (pattern: RegExp) =>
      eventually(() => lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined), 60);
    const url = await shown(/listens on (http:\S+)/);
    await shown(/(Mail: files in .*mail)/);
    const { data } = await call(url, "auth.signUp", { input: { email: "ada@example.com", password } });
    // The output is not a terminal: it names the file, and only the file contains the link.
    const file = await shown(/Mail to ada@example\.com: Verify your email address: (\S+\.eml)$/);
    expect(file.startsWith(join(dataDir, "mail"))).toBe(true);
    const { link } = readMail(await readFile(file, "utf8"));
    expect(link).toMatch(new RegExp(`^${url}/verify-email#token=pjo_[\\w-]+$`));
    expect([...lines, ...logged].filter((line) => line.includes("pjo_"))).toEqual([]);

    const note = join(dataDir, "connection.json");
    expect((await stat(note)).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(await readFile(note, "utf8")) as object)).toEqual([
      "host",
      "port",
      "passwordFile",
    ]);
    const whileRunning = await runOperator(["mail", "list", "--status", "sent"], env);
    expect(whileRunning).toMatchObject({ code: 0, out: expect.stringContaining("ada@example.com"), err: "" });
    const token = String(data.accessToken);
    expect((await call(url, "auth.me", { token })).status).toBe(200);
    expect(await runOperator(["person", "sign-out", "ada@example.com"], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining("Ended 1 session of ada@example.com."),
      err: "",
    });
    expect((await call(url, "auth.me", { token })).status).toBe(401);
    expect(await runOperator(["person", "sign-out", "bo@example.com"], env)).toMatchObject({
      code: 1,
      err: "There is no account with the address bo@example.com.\n",
    });
    const preview = await runOperator(["person", "erase", "ada@example.com"], env);
    expect(preview).toMatchObject({
      code: 0,
      out: expect.stringContaining("Nothing is changed yet"),
      err: "",
    });

    // Simulate a loss of power: the connection note remains, but no server answers there.
    const noteContents = await readFile(note);
    server.kill("SIGTERM");
    expect(await ended).toBe(0);
    await expect(stat(note)).rejects.toThrow(/ENOENT/);
    await writeFile(note, noteContents);
    const whileStopped = await runOperator(["mail", "list", "--status", "sent"], env);
    expect(whileStopped).toMatchObject({ code: 0, out: whileRunning.out, err: "" });
    const erased = await runOperator(["person", "erase", "ada@example.com", "--yes"], env);
    expect(erased).toMatchObject({ code: 0, out: expect.stringContaining("is erased"), err: "" });
  } finally {
    server.kill("SIGKILL");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  }
});
