import type { PostgresAddress } from "../login/postgres-address.ts";

export interface PoolOptions {
  readonly target:
    | { host: string; port: number; user: string; password?: string; database: string }
    | { connectionString: string; ssl?: PostgresAddress["target"]["ssl"] };
  /** Most connections open at once, with those that quick reads share. */
  readonly max?: number;
  /** True where a pooler in transaction mode is reached: it refuses what a connection asks for at its start. */
  readonly pooled?: boolean;
  readonly onError?: (error: Error) => void;
  /** Is told when the database stops answering (true), and when it answers again (false). */
  readonly onOutage?: (isUnreachable: boolean) => void;
}
