/** A measured value, with an optional goal. */
export interface Figure {
  /** The common subject of several figures: the heading in a table, or a group of bars in a chart. */
  readonly group?: string;
  /** The name of the figure within its group. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** Returns whether the value meets its goal. A figure without a goal does; NaN misses every goal. */
export function meetsGoal({ value, goal }: Figure): boolean {
  if (!goal) return true;
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}
