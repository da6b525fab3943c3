import type * as operators from "@projostack/api/operator";
import type { Db } from "@projostack/db";
import type { Command } from "commander";
import { print, type Host, type Result } from "./command.ts";

/** The operations of operators, which the command loads when it runs. */
export type Operator = typeof operators;

/** Runs a command with the operator's login and prints its result. */
export async function asOperator(
  host: Host,
  command: Command,
  work: (db: Db, operator: Operator) => Promise<Result>,
): Promise<void> {
  const operator = await import("@projostack/api/operator");
  print(host, command, await operator.withOperatorDatabase(host.io.env, (db) => work(db, operator)));
}
