// The completion of the built program, in real shells.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { isInstalled, openRealShell, shellNames, type Typist } from "../completion/real-shells.ts";

/** Names that would run a command, end the line or split into words if a shell inserted them unquoted. */
const names = {
  substitution: 'Alpha "x" $(touch pwned1) `touch pwned2` ${HOME}',
  operators: "Beta's ; touch pwned3 && x | y > pwned4 #z",
  characters: "Gamma: a=b, c@d !e ~f *g ?h [i] {j,k} \\l %m ^n",
  unicode: "Delta 日本語 🚀 👨‍👩‍👧 ñ",
};

let server: TestServer;
let account: Shell;
let directory: string;

beforeAll(async () => {
  server = await startTestServer();
  account = await openSignedIn(server.url);
  directory = await mkdtemp(join(tmpdir(), "projo-shells-"));
  for (const name of Object.values(names)) await expectDone(account.projo(["projects", "create", name]));
  for (const title of ["Write `it`", "Read it"])
    await expectDone(account.projo(["tasks", "create", title, "--project", names.unicode]));
});

afterAll(async () => {
  await account?.close();
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

describe.each(shellNames)("%s", (name) => {
  let shell: Typist;

  it.skipIf(!isInstalled(name))(
    "inserts every name as one word, and runs nothing of it",
    async () => {
      shell = await openRealShell(name, { directory, home: account.home, url: server.url });
      try {
        for (const project of Object.values(names)) {
          const start = project.slice(0, 3);
          expect(await shell.run(`projo projects delete ${start}\t`)).toEqual([
            "projects",
            "delete",
            project,
          ]);
          expect(await shell.run(`projo tasks list --project=${start}\t`)).toEqual([
            "tasks",
            "list",
            `--project=${project}`,
          ]);
          // Inside quotes the shell closes them itself.
          expect(await shell.run(`projo projects delete "${start}\t`)).toEqual([
            "projects",
            "delete",
            project,
          ]);
          expect(await shell.run(`projo projects delete '${start}\t`)).toEqual([
            "projects",
            "delete",
            project,
          ]);
        }
        expect(await shell.run("projo task\tlis\t--stat\tdo\tn\t")).toHaveLength(4);
        expect(await shell.run("projo members get ann@ex\t")).toEqual(["members", "get", "ann@example.com"]);
        expect(await shell.run("projo keys create ci --scopes task:read,task:w\t")).toEqual([
          "keys",
          "create",
          "ci",
          "--scopes",
          "task:read,task:write",
        ]);
        // A path where a file is meant, and in no other place.
        await writeFile(join(directory, "a file.csv"), "");
        expect(await shell.run("projo tasks import a\\ f\t")).toEqual(["tasks", "import", "a file.csv"]);
        await writeFile(join(account.home, "tasks in home.csv"), "");
        expect(await shell.run("projo tasks import ~/tas\t")).toEqual([
          "tasks",
          "import",
          join(account.home, "tasks in home.csv"),
        ]);
        expect(await shell.run("projo projects create a\\ f\t")).toEqual(["projects", "create", "a f"]);
        await shell.see("projo tasks delete \t\t\t", "Write `it`");
      } finally {
        await shell.close();
      }
      expect((await readdir(directory)).filter((file) => file.startsWith("pwned"))).toEqual([]);
      expect(existsSync(join(account.home, "pwned1"))).toBe(false);
    },
    300_000,
  );
});
