// The migrate command: applies this build's migrations and prepares the logins of the server and the operator, or prints what it
// would do. It reads the addresses from the environment or from files, never from its arguments: other users of the machine can
// see those. If an administrator must do a part, standard output contains the SQL for that part and nothing else.
import type pg from "pg";
import { openClient } from "../login/with-owner.ts";
import { MigrationError } from "../migrations/migrate.ts";
import { migrationState } from "../migrations/migration-state.ts";
import { aheadWarning } from "../migrations/check-schema.ts";
import { planUpgrade } from "../migrations/plan/plan-upgrade.ts";
import { printPlan } from "../migrations/plan/print-plan.ts";
import { setUpDatabase } from "../setup/set-up-database.ts";
import { SetupProblem } from "../setup/setup-problem.ts";
import {
  type Addresses,
  AddressesError,
  OPERATOR,
  OWNER,
  readAddresses,
  SERVER,
} from "./migrate-addresses.ts";
import { type MigrateFlags, MigrateFlagsError, readMigrateFlags } from "./migrate-flags.ts";
import { ownerProblem } from "./owner-problem.ts";

export interface MigrateIo {
  readonly env: NodeJS.ProcessEnv;
  /** Writes to standard output. */
  readonly write: (text: string) => void;
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
}

/** @returns the exit code: 0 when done, 1 when the database prevents it, 2 for wrong arguments or addresses */
export async function runMigrate(args: readonly string[], io: MigrateIo): Promise<0 | 1 | 2> {
  let flags: MigrateFlags;
  let addresses: Addresses;
  try {
    flags = readMigrateFlags(args);
    addresses = readAddresses(io.env);
  } catch (error) {
    if (!(error instanceof MigrateFlagsError || error instanceof AddressesError)) throw error;
    io.note(`${error.message} (docs/database.md)`);
    return 2;
  }
  const owner = openClient(addresses.owner.target, "projostack-migrate");
  try {
    await owner.connect();
    if (flags.isPlan) return await printThePlan(owner, flags, io);
    await migrateAndReport(owner, addresses, { flags, io });
    return 0;
  } catch (error) {
    if (error instanceof SetupProblem && error.sql !== null) io.write(error.sql);
    if (error instanceof SetupProblem) io.note(error.message);
    else if (error instanceof MigrationError)
      io.note(`${OWNER}: ${error.message.replaceAll(/\s*\n\s*/g, " ")}`);
    else io.note(ownerProblem(error, OWNER, addresses.owner.target));
    return 1;
  } finally {
    await owner.end().catch(() => {});
  }
}

async function printThePlan(owner: pg.ClientBase, { isJson }: MigrateFlags, io: MigrateIo): Promise<0 | 1> {
  const plan = await planUpgrade(owner);
  if (isJson) io.write(`${JSON.stringify(plan, null, 2)}\n`);
  else if (plan.problem === null) io.write(printPlan(plan));
  if (plan.problem === null) return 0;
  io.note(`${OWNER}: ${plan.problem}`);
  return 1;
}

async function migrateAndReport(
  owner: pg.ClientBase,
  addresses: Addresses,
  { flags, io }: { readonly flags: MigrateFlags; readonly io: MigrateIo },
): Promise<void> {
  const { owner: ownerAddress, server, operator, layout } = addresses;
  const { lockWaitSeconds } = flags;
  const { note } = io;
  const ran = await setUpDatabase(owner, { ownerAddress, server, operator, layout, note, lockWaitSeconds });
  const { unknown } = await migrationState(owner);
  if (unknown.length > 0) io.note(aheadWarning(unknown));
  io.write(flags.isJson ? asJson(ran, addresses) : describe(ran, addresses));
}

function describe(ran: readonly string[], { server, operator }: Addresses): string {
  const lines = [
    ran.length === 0 ? "The database is up to date." : `Applied ${ran.join(", ")}.`,
    server
      ? `The login ${server.login.user} is ready. Start the server with ${SERVER}.`
      : `To prepare the server's login too, set ${SERVER}.`,
    ...(operator
      ? [`The login ${operator.login.user} is ready. Run the operator's commands with ${OPERATOR}.`]
      : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const asJson = (applied: readonly string[], { server, operator }: Addresses): string =>
  `${JSON.stringify({
    applied,
    serverLogin: server?.login.user ?? null,
    operatorLogin: operator?.login.user ?? null,
  })}\n`;
