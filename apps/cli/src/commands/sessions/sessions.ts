import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListSessions } from "./list.ts";
import { addRevokeSession } from "./revoke.ts";

export function addSessions(program: Command, start: Start): void {
  const sessions = program.command("sessions").description("List and end your sessions.");
  for (const add of [addListSessions, addRevokeSession]) add(sessions, start);
}
