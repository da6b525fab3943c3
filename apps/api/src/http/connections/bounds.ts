/** So many requests may wait on a connection while one is answered. One more ends the connection. */
export const MAX_WAITING = 32;

/** A peer that reads 32 KB a second can read an answer of any size. */
export const SLOWEST_BYTES_PER_MS = 32;

/** How often unread answers are looked for. */
export const UNREAD_CHECK_MS = 500;
