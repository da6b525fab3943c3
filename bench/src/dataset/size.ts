export interface Size {
  readonly workspaces: number;
  readonly users: number;
  /** The number of tasks in all workspaces. */
  readonly tasks: number;
  /** The number of tasks in the biggest workspace. */
  readonly biggest: number;
}

export const fullSize: Size = { workspaces: 1_000, users: 10_000, tasks: 1_000_000, biggest: 100_000 };
export const quickSize: Size = { workspaces: 1_000, users: 10_000, tasks: 200_000, biggest: 100_000 };
