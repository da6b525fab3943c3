/** The most requests that may wait on a connection while one is answered. One more closes the connection. */
export const MAX_WAITING = 32;

/** The slowest accepted reading rate, 32 KB per second. A peer that reads faster can read a response of any size. */
export const SLOWEST_BYTES_PER_MS = 32;

/** The interval at which the server checks for unread responses. */
export const UNREAD_CHECK_MS = 500;
