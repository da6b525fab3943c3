const DAY = 24 * 60 * 60;

/** A session ends when it was not used for 14 days. */
export const IDLE_SECONDS = 14 * DAY;
/** A session ends 30 days after the sign-in at the latest. */
export const ABSOLUTE_SECONDS = 30 * DAY;
/** An access token expires after 10 minutes. */
export const ACCESS_SECONDS = 10 * 60;
