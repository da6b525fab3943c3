/** The most projects, tasks and so on of one workspace. */
export interface Quotas {
  readonly projects: number;
  readonly tasks: number;
  readonly members: number;
  readonly pendingInvites: number;
  /** Only active keys count. */
  readonly serviceKeys: number;
}
