// The packed and installed program with accounts on two servers: each command acts as its own account.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PASSWORD } from "../../../kit.ts";
import { expireToken, nameOf, sessionOf } from "./accounts.ts";
import type { Environment } from "./environment.ts";
import { errorOf } from "./place.ts";

/** @param openedEnvironment returns the environment, which is open before the first test */
export function accountsTests(openedEnvironment: () => Environment): void {
  let shell: Environment["shell"];
  let ann: Environment["ann"];
  let bob: Environment["bob"];
  let otherAnn: Environment["otherAnn"];
  let line: Environment["line"];
  let generations: Environment["generations"];

  beforeAll(() => {
    ({ shell, ann, bob, otherAnn, line, generations } = openedEnvironment());
  });

  describe("two servers and three accounts", () => {
    beforeEach(() => openedEnvironment().selectOtherAnn());

    it("S2 twenty commands at once each act as their own account, beside commands that change the active one", async () => {
      const accounts = [ann, bob, otherAnn];
      const runs = Array.from({ length: 15 }, (_, index) => accounts[index % 3] ?? ann);
      const [listed, changed] = await Promise.all([
        Promise.all(runs.map(({ options }) => line(`projo projects list ${options} --jq '.items[].name'`))),
        Promise.all(
          runs.slice(0, 5).map(({ email, server }) => line(`projo auth switch ${email} --url ${server.url}`)),
        ),
      ]);
      expect(listed).toEqual(runs.map((account) => ({ code: 0, out: `${nameOf(account)}\n`, err: "" })));
      for (const { code, err } of changed) expect([code, err]).toEqual([0, expect.any(String)]);
      for (const account of accounts) await sessionOf(shell.home, account);
      expect(await readdir(join(shell.home, ".config/projo"))).toEqual(["credentials.json"]);
    });

    it("S2 four commands of each account refresh its expired token once, and nobody is signed out", async () => {
      const accounts = [ann, bob, otherAnn];
      const before = await generations(accounts);
      for (const account of accounts) await expireToken(shell.home, account);
      const runs = Array.from({ length: 12 }, (_, index) => accounts[index % 3] ?? ann);
      const listed = await Promise.all(
        runs.map(({ options }) => line(`projo projects list ${options} --jq '.items[].name'`)),
      );
      expect(listed).toEqual(runs.map((account) => ({ code: 0, out: `${nameOf(account)}\n`, err: "" })));
      expect(await generations(accounts)).toEqual(before.map((count) => count + 1));
    });

    it.each([
      ["revoked elsewhere", "DELETE FROM sessions WHERE id = $1"],
      ["that has expired", "UPDATE sessions SET expires_at = now() - interval '1 day' WHERE id = $1"],
    ])(
      "a session %s is named with the sign-in that renews it, and the other accounts stay",
      async (_what, sql) => {
        const { id } = await sessionOf(shell.home, bob);
        await bob.server.database.owner(sql, [id]);
        // The account is stored for one server only, so its name chose the server, which a sign-in needs as an option.
        const login = `projo --url ${bob.server.url} login bob@example.com`;
        expect(errorOf(await line(`projo projects list ${bob.options}`))).toContain(`Run: ${login}`);
        expect(await line(`projo projects list ${bob.options}`)).toEqual({
          code: 4,
          out: "",
          err: `projo: Not signed in to ${bob.server.url}: the session of bob@example.com has ended. Run: ${login}\n`,
        });
        for (const account of [ann, otherAnn])
          expect(await line(`projo projects list ${account.options} --quiet`)).toMatchObject({
            code: 0,
            err: "",
          });
        const again = await line(`${login} --password-stdin`, { input: PASSWORD });
        expect([again.code, again.err]).toEqual([
          0,
          expect.stringContaining("Workspace: Of bob@example.com"),
        ]);
      },
    );
  });
}
