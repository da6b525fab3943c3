import type { ServiceKey } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { readId } from "./ids.ts";
import { pick } from "./pick-by-name.ts";

/**
 * Finds the service key with this id or name, or with this beginning of its id. Ignores revoked keys, except with their whole id or
 * if `alsoRevoked` asks for them. @throws CliError
 */
export async function findKey(
  workspace: WorkspaceClient,
  idOrName: string,
  { alsoRevoked = false } = {},
): Promise<ServiceKey> {
  const keys: ServiceKey[] = [];
  const id = readId(idOrName);
  for await (const key of workspace.serviceKeys.list()) {
    if (key.id === id && id !== undefined) return key;
    if (alsoRevoked || key.status !== "revoked") keys.push(key);
  }
  return pick(keys, { noun: "service key", name: idOrName, see: "projo keys list" });
}
