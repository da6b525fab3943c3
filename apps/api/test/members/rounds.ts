/** Rounds of a race; `PROJO_TEST_ROUNDS=200` for as many as a release asks for. */
export const ROUNDS = Number(process.env["PROJO_TEST_ROUNDS"] ?? 15);

/** So many callers race at once. */
export const CALLERS = 20;

/** How long all the rounds may take, on a busy machine. */
export const ROUNDS_MS = 30_000 + ROUNDS * 3_000;
