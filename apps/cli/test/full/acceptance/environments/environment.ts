// The packed and installed program, two servers, and a home directory with three accounts.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { type Behaviour, type Gateway, startGateway } from "../../../gateway.ts";
import { expectDone, type Outcome, type Shell } from "../../../kit.ts";
import { credentialsPath, rotations } from "../../../stored-tokens.ts";
import { installedProgram } from "../../installed-program.ts";
import { openAccounts, sessionOf, type StoredAccount } from "./accounts.ts";
import { type LineOptions, runLine } from "./place.ts";

type Line = (text: string, options?: LineOptions) => Promise<Outcome>;

export interface Environment {
  /** A directory for files of the tests. */
  readonly folder: string;
  /** The path of the installed program. */
  readonly program: string;
  readonly shell: Shell;
  /** Ann and Bob on the first server, and Ann on the second one. */
  readonly ann: StoredAccount;
  readonly bob: StoredAccount;
  readonly otherAnn: StoredAccount;
  /** Runs a line of sh in the home directory. */
  readonly line: Line;
  /** Opens a gateway to the first server, and a home directory in which Ann is signed in at the gateway. */
  behind(behaviour: Behaviour): Promise<{ gateway: Gateway; home: string; line: Line }>;
  /** Makes the account of the second server the default, and Ann the active account of the first one. */
  selectOtherAnn(): Promise<void>;
  /** The number of refreshes of the session of each account. */
  generations(accounts: readonly StoredAccount[]): Promise<number[]>;
  close(): Promise<void>;
}

export async function openEnvironment(): Promise<Environment> {
  const folder = await mkdtemp(join(tmpdir(), "projo-environments-"));
  const [{ program }, first, second] = await Promise.all([
    installedProgram(),
    startTestServer(),
    startTestServer(),
  ]);
  const servers: [TestServer, TestServer] = [first, second];
  const { shell, accounts } = await openAccounts(servers);
  const [ann, bob, otherAnn] = accounts;
  const gateways: Gateway[] = [];
  return {
    folder,
    program,
    shell,
    ann,
    bob,
    otherAnn,
    line: (text, options) => runLine({ program, home: shell.home }, text, options),
    async behind(behaviour) {
      const gateway = await startGateway(first.url);
      gateways.push(gateway);
      gateway.behaviour = behaviour;
      const home = await mkdtemp(join(folder, "home-"));
      await mkdir(join(home, ".config/projo"), { recursive: true });
      const { account } = await sessionOf(shell.home, ann);
      const stored = { current: gateway.url, servers: { [gateway.url]: account } };
      await writeFile(credentialsPath(home), JSON.stringify(stored), { mode: 0o600 });
      return { gateway, home, line: (text, options) => runLine({ program, home }, text, options) };
    },
    async selectOtherAnn() {
      for (const { server } of [ann, otherAnn])
        await expectDone(shell.projo(["auth", "switch", "ann@example.com", "--url", server.url]));
    },
    generations: (some) =>
      Promise.all(
        some.map(async (account) => rotations(account.server, (await sessionOf(shell.home, account)).id)),
      ),
    async close() {
      for (const gateway of gateways) await gateway.close();
      await shell.close();
      for (const server of servers) await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
