// The packed and installed program on a machine where its output ends in a closed pipe, the clock is wrong, or there is no home directory.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sessionOf } from "./accounts.ts";
import type { Environment } from "./environment.ts";
import { errorOf } from "./place.ts";

/** @param openedEnvironment returns the environment, which is open before the first test */
export function machineTests(openedEnvironment: () => Environment): void {
  let folder: Environment["folder"];
  let shell: Environment["shell"];
  let ann: Environment["ann"];
  let line: Environment["line"];

  beforeAll(() => {
    ({ folder, shell, ann, line } = openedEnvironment());
  });

  describe("a machine", () => {
    it.each([86_400_000, -86_400_000])(
      "whose clock is wrong by %d ms works, and doctor names the clock",
      async (ms) => {
        const shifted = `const Now=Date;globalThis.Date=class extends Now{constructor(...a){a.length?super(...a):super(Now.now()+${ms})}static now(){return Now.now()+${ms}}}`;
        await writeFile(join(folder, "clock.cjs"), shifted);
        const env = { NODE_OPTIONS: `--require ${join(folder, "clock.cjs")}` };
        expect(await line(`projo projects list ${ann.options} --quiet`, { env })).toMatchObject({
          code: 0,
          err: "",
        });
        const { code, out } = await line(`projo doctor ${ann.options}`, { env });
        expect([code, out]).toEqual([
          1,
          expect.stringMatching(
            new RegExp(
              `Clock: this clock is \\d+ seconds ${ms > 0 ? "ahead of" : "behind"} that of the server\\.`,
            ),
          ),
        ]);
      },
    );

    it("whose home directory is a file or absent needs none with a token", async () => {
      const { session } = await sessionOf(shell.home, ann);
      const { id } = (await sessionOf(shell.home, ann)).account.workspace ?? { id: "" };
      const env = { PROJO_TOKEN: session.accessToken, PROJO_URL: ann.server.url, PROJO_WORKSPACE: id };
      const file = join(folder, "a-file");
      await writeFile(file, "");
      for (const HOME of [file, "/nowhere/at/all", ""]) {
        const listed = await line("projo projects list --quiet", { env: { ...env, HOME } });
        expect([HOME, listed.code, listed.err]).toEqual([HOME, 0, ""]);
      }
      expect(errorOf(await line("projo config set color never", { env: { HOME: file } }))).toMatch(
        /config\.json cannot be written: a part of its path is a file, not a directory\. Set PROJO_CONFIG_DIR/,
      );
      expect(await readFile(file, "utf8")).toBe("");
    });
  });

  describe("streams", () => {
    it.each([
      "projects list --all",
      "projects list --all --json",
      "audit list --all --format ndjson",
      "audit export",
      "audit verify",
      "doctor",
      "status",
      "auth status",
      "help --all",
      "completion bash",
    ])("the reader of projo %s may end before the program writes", async (command) => {
      const options = /^(?:help|completion)/.test(command) ? "" : ann.options;
      const { out, err } = await line(`{ projo ${command} ${options}; echo "ended with $?" >&2; } | true`);
      expect([out, err]).toEqual(["", "ended with 0\n"]);
    });

    it("the reader of the errors may end before the program writes", async () => {
      const { out } = await line('{ { projo taks 2>&1 >&3; echo "ended with $?" >&3; } | true; } 3>&1');
      expect(out).toBe("ended with 2\n");
    });
  });
}
