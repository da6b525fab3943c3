import type { Durability } from "../login/durable-settings.ts";
import type { PostgresTarget } from "../login/postgres-address.ts";

export interface PoolOptions {
  readonly target:
    | PostgresTarget
    | { host: string; port: number; user: string; password?: string; database: string; ssl?: false }
    | { connectionString: string; ssl?: PostgresTarget["ssl"] };
  /** The maximum number of open connections, including those that quick reads share. The default is 16. */
  readonly max?: number;
  /** True when the target is a pooler in transaction mode, which rejects startup options. */
  readonly pooled?: boolean;
  /** Refuses connections with settings that let a crash lose acknowledged writes. Null, the default, accepts them. */
  readonly durability?: Durability | null;
  /** Called when an idle connection breaks. */
  readonly onError?: (error: Error) => void;
  /** Called with true when the database stops answering, and with false when it answers again. */
  readonly onOutage?: (isUnreachable: boolean) => void;
}
