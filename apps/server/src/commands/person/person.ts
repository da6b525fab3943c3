import type { AddCommand } from "../../command.ts";
import { addErase } from "./erase.ts";
import { addSignOut } from "./sign-out.ts";

export const addPerson: AddCommand = (program, host) => {
  const person = program.command("person").description("End the sessions of a person, or erase a person.");
  for (const add of [addSignOut, addErase]) add(person, host);
};
