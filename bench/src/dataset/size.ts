export interface Size {
  readonly workspaces: number;
  readonly users: number;
  /** In all of them. */
  readonly tasks: number;
  /** Of which one workspace holds so many. */
  readonly biggest: number;
}

export const fullSize: Size = { workspaces: 1_000, users: 10_000, tasks: 1_000_000, biggest: 100_000 };
export const quickSize: Size = { workspaces: 1_000, users: 10_000, tasks: 200_000, biggest: 100_000 };
