/** How long the server keeps the data of a deleted workspace. */
const RESTORABLE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The end of the time in which a workspace can be restored, as a date and time in ISO 8601. */
export const restorableUntil = (deletedAt: string): string =>
  new Date(Date.parse(deletedAt) + RESTORABLE_DAYS * DAY_MS).toISOString();
