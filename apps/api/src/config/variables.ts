// The environment variables of the server, in the groups of docs/configuration.md.
import type { z } from "zod";
import { databaseVariables } from "./variables/database.ts";
import { limitVariables } from "./variables/limits.ts";
import { mailAndWebVariables } from "./variables/mail-and-web.ts";
import { observabilityVariables } from "./variables/observability.ts";
import { serverVariables } from "./variables/server.ts";

export const variables = {
  ...serverVariables,
  ...databaseVariables,
  ...limitVariables,
  ...mailAndWebVariables,
  ...observabilityVariables,
};

export type VariableName = keyof typeof variables;

/** The type of a variable's value. */
export type ValueOf<N extends VariableName> = z.output<(typeof variables)[N]["schema"]>;

/** The groups, by their titles in docs/configuration.md. */
export const variableGroups = {
  "the server": serverVariables,
  "the database, keys and Redis": databaseVariables,
  "limits and connections": limitVariables,
  "mail, links and browsers": mailAndWebVariables,
  "metrics and traces": observabilityVariables,
};
