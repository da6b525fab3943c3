import { LONG_TEST_MS, ROUNDS } from "@projostack/db/testing";

export { ROUNDS };

/** The number of concurrent callers in a race. */
export const CALLERS = 20;

/** The timeout for all rounds on a busy machine, in milliseconds. */
export const ROUNDS_TIMEOUT_MS = LONG_TEST_MS + ROUNDS * 3_000;
