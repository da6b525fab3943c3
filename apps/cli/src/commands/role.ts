import { Argument, Option } from "commander";
import { roles } from "../choices.ts";

export const roleArgument = (): Argument => new Argument("[role]", "new role").choices(roles);

export const roleOption = (description: string): Option =>
  new Option("--role <role>", description).choices(roles);
