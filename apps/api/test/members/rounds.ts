import { ROUNDS } from "@projostack/db/testing";

export { ROUNDS };

/** So many callers race at once. */
export const CALLERS = 20;

/** How long all the rounds may take, on a busy machine. */
export const ROUNDS_MS = 30_000 + ROUNDS * 3_000;
