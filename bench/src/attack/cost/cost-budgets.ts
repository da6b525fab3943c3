/** The budgets that a server has by itself. The bench raises them for its own work; an attack meets them. */
export const defaultBudgets = { PROJO_BUDGET_ACCOUNT: "", PROJO_BUDGET_WORKSPACE: "" } as const;

/** The default budget of an account: so many points a minute. */
export const ACCOUNT_POINTS = 60_000;
