const DAY = 24 * 60 * 60;

/** Unused for so long, a session ends. */
export const IDLE_SECONDS = 14 * DAY;
/** Used or not, it ends so long after signing in. */
export const ABSOLUTE_SECONDS = 30 * DAY;
/** How long an access token is good. */
export const ACCESS_SECONDS = 10 * 60;
