/** One number that was measured, and what it should be where that was promised. */
export interface Figure {
  /** What several figures are about, which stand together: a table gives them a heading, a chart a row of bars. */
  readonly group?: string;
  /** Within its group whose it is, or what of it. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** A figure without a goal cannot miss it; one that is no number misses any. */
export function meetsGoal({ value, goal }: Figure): boolean {
  if (!goal) return true;
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}
