import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListSessions } from "./list.ts";
import { addRevokeSession } from "./revoke.ts";

export function addSessions(sessions: Command, start: Start): void {
  for (const add of [addListSessions, addRevokeSession]) add(sessions, start);
}
