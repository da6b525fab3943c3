/** Restores the server's default budgets, which the bench raises for other measurements. */
export const defaultBudgets = { PROJO_BUDGET_ACCOUNT: "", PROJO_BUDGET_WORKSPACE: "" } as const;

/** The default budget of an account, in points per minute. */
export const ACCOUNT_POINTS = 60_000;
