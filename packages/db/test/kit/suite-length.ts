/** Whether this run is the full suite (`pnpm test:full`), which repeats proofs for longer than `pnpm test` does. */
export const isFullSuite: boolean = process.env["PROJO_TEST_FULL"] === "1";

/**
 * Chooses how much of a proof runs: the short amount under `pnpm test`, the full amount under `pnpm test:full`. A test file
 * that uses it, or `ROUNDS`, runs in both suites.
 */
export const bySuite = <T>({ short, full }: { readonly short: T; readonly full: T }): T =>
  isFullSuite ? full : short;

/** Rounds of a race. `PROJO_TEST_ROUNDS=200` runs as many as a release needs. */
export const ROUNDS: number = Number(process.env["PROJO_TEST_ROUNDS"] ?? bySuite({ short: 5, full: 15 }));
