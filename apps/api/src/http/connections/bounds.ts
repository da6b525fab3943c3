/** So many requests may wait on a connection while one is answered. One more ends the connection. */
export const MOST_WAITING = 32;

/** So many bytes of answers may wait for all peers together. Past that the connection with the most is closed. */
export const MOST_UNREAD_BYTES = 64 * 1024 * 1024;

/** A peer that reads 32 KB a second can read an answer of any size. */
export const SLOWEST_BYTES_PER_MS = 32;

/** How often unread answers are looked for. */
export const UNREAD_CHECK_MS = 500;
