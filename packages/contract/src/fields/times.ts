// Times in answers. They are in UTC with milliseconds, such as 2026-01-31T12:00:00.000Z, by the clock of the database.
import { dateTime } from "../schemas.ts";

export const createdAt = (thing: string) => dateTime.describe(`The time at which the ${thing} was created.`);

export const updatedAt = (thing: string) =>
  dateTime.describe(
    `The time of the last change of the ${thing}. The same as \`createdAt\` if it never changed. An update that changes nothing keeps it.`,
  );

export const expiresAt = (thing: string) =>
  dateTime.describe(`The time from which the ${thing} is no longer valid.`);
