/** The number of rounds of a race. A release runs 200: `PROJO_TEST_ROUNDS=200`. */
export const ROUNDS = Number(process.env["PROJO_TEST_ROUNDS"] ?? 15);

/** The number of concurrent callers in a race. */
export const CALLERS = 20;

/** The timeout for all rounds on a busy machine, in milliseconds. */
export const ROUNDS_TIMEOUT_MS = 30_000 + ROUNDS * 3_000;
