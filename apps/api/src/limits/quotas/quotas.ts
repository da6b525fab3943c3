/** The most of each that one workspace may have. */
export interface Quotas {
  readonly projects: number;
  readonly tasks: number;
  readonly members: number;
  readonly pendingInvites: number;
  /** Counts active keys alone. */
  readonly serviceKeys: number;
}
