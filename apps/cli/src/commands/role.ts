import type { Role } from "@projostack/sdk";
import { Argument, Option } from "commander";

const roles = ["viewer", "member", "admin"] as const satisfies readonly Role[];

export const roleArgument = (): Argument => new Argument("<role>").choices(roles);

export const roleOption = (description: string): Option =>
  new Option("--role <role>", description).choices(roles);
