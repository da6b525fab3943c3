import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addAuthStatus } from "./status.ts";
import { addAuthSwitch } from "./switch.ts";

export function addAuth(auth: Command, start: Start): void {
  addAuthStatus(auth, start);
  addAuthSwitch(auth, start);
}
