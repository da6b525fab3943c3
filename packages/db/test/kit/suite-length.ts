/** Whether this run is the full suite (`pnpm test:full`), which repeats proofs for longer than `pnpm test` does. */
export const isFullSuite: boolean = process.env["PROJO_TEST_FULL"] === "1";

/**
 * Chooses how much of a proof runs: the short amount under `pnpm test`, the full amount under `pnpm test:full`. A test file
 * that uses it, or `ROUNDS`, runs in both suites.
 */
export const bySuite = <T>({ short, full }: { readonly short: T; readonly full: T }): T =>
  isFullSuite ? full : short;

/**
 * The limit of a test that takes ten seconds or more. It only ends a test that hangs: a slow and busy machine may need ten times as long
 * as a fast one.
 */
export const LONG_TEST_MS = 20 * 60_000;

/** Rounds of a race. `PROJO_TEST_ROUNDS=200` runs as many as a release needs. */
export const ROUNDS: number = Number(process.env["PROJO_TEST_ROUNDS"] ?? bySuite({ short: 5, full: 15 }));
