import type { Permission, Role } from "@projostack/authz";
import type { KeptSecret } from "../tenant/service-keys.ts";
import type { RunStatement } from "../scope/run-statement.ts";

/** A service key that is neither revoked nor expired. The caller checks the secret. */
export interface ServiceKeyRecord {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly Permission[];
  /** The secrets that still work: the newest, the previous one, then the earlier ones. */
  readonly secrets: readonly KeptSecret[];
  readonly createdBy: string;
}

/** The seconds since each key was last used, by the key's id. */
export type KeyUses = ReadonlyMap<string, number>;

export interface ServiceKeyLookup {
  find(id: string): Promise<ServiceKeyRecord | null>;
  /** Updates when the keys were last used. */
  noteUses(uses: KeyUses): Promise<void>;
}

interface Runners {
  readonly run: RunStatement;
  /** Runs on shared connections. */
  readonly runQuickly: RunStatement;
}

interface Row extends Omit<ServiceKeyRecord, "secrets"> {
  secret_kid: number;
  /** Null after the newest secret has expired before an earlier one. */
  secret_mac: Uint8Array | null;
  previous_kid: number | null;
  previous_mac: Uint8Array | null;
  /** Oldest first, as the macs. */
  earlier_kids: number[];
  earlier_macs: Uint8Array[];
}

export const serviceKeyLookup = ({ run, runQuickly }: Runners): ServiceKeyLookup => ({
  find: async (id) => {
    const [row] = (await runQuickly<Row>("service_key", FIND, [id])).rows;
    return row ? recordOf(row) : null;
  },
  noteUses: async (uses) => {
    // Every server locks the keys in the order of their ids, so that two servers cannot deadlock.
    const inOrder = [...uses].toSorted(([a], [b]) => (a < b ? -1 : 1));
    await run("service_keys_used", NOTE, [inOrder.map(([id]) => id), inOrder.map(([, seconds]) => seconds)]);
  },
});

function recordOf(row: Row): ServiceKeyRecord {
  const { secret_kid, secret_mac, previous_kid, previous_mac, earlier_kids, earlier_macs, ...key } = row;
  const secrets: KeptSecret[] = [];
  if (secret_mac !== null) secrets.push({ kid: secret_kid, mac: secret_mac });
  if (previous_kid !== null && previous_mac !== null) secrets.push({ kid: previous_kid, mac: previous_mac });
  for (const [at, mac] of earlier_macs.entries()) {
    const kid = earlier_kids[at];
    if (kid !== undefined) secrets.push({ kid, mac });
  }
  return { ...key, secrets };
}

const FIND = `
  SELECT key_id AS id, workspace_id AS "workspaceId", name, role, scopes, created_by AS "createdBy",
         secret_kid, secret_mac, previous_kid, previous_mac, earlier_kids, earlier_macs
    FROM projo_service_key($1::uuid)`;
const NOTE = "SELECT projo_keys_used($1::uuid[], $2::double precision[])";
