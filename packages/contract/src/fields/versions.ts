// The version of a row, which an update can require. docs/guides/concurrent-changes.md explains it.
import { z } from "zod";
import { wholeNumber } from "../schemas.ts";

/** The largest version: PostgreSQL's type `integer`. */
const MAX_VERSION = 2_147_483_647;

export const version = (thing: string) =>
  wholeNumber.describe(
    `The number of the state of the ${thing}: 1 after its creation, and 1 more after each change. An update that changes nothing keeps it.`,
  );

export const expectedVersion = (thing: string) =>
  z
    .int()
    .min(1)
    .max(MAX_VERSION)
    .optional()
    .describe(
      `The \`version\` of the ${thing} on which the call is based. If the ${thing} has another version now, the call changes nothing and fails with \`${thing}.version_conflict\`. If omitted, the version is not compared.`,
    );
