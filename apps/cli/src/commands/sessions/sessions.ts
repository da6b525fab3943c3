import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addGetSession } from "./get.ts";
import { addListSessions } from "./list.ts";
import { addRevokeSession } from "./revoke.ts";

export function addSessions(sessions: Command, start: Start): void {
  for (const add of [addListSessions, addGetSession, addRevokeSession]) add(sessions, start);
  addListAlias(sessions);
}
