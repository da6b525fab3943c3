/** A user of PostgreSQL, with the password if it needs one. */
export interface Login {
  readonly user: string;
  readonly password?: string;
}
