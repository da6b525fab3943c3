import type { ServiceKey } from "@projostack/sdk";
import type { WorkspaceClient } from "../connection/server.ts";
import { pickByName } from "./pick-by-name.ts";
import { withName } from "./with-name.ts";

/** Finds the service key with this id or name. Ignores revoked keys. @throws CliError */
export async function findKey(workspace: WorkspaceClient, idOrName: string): Promise<ServiceKey> {
  const keys: ServiceKey[] = [];
  for await (const key of workspace.serviceKeys.list()) {
    if (key.status === "revoked") continue;
    if (key.id === idOrName) return key;
    keys.push(key);
  }
  return pickByName(withName(keys, idOrName), {
    noun: "service key",
    name: idOrName,
    see: "projo keys list",
  });
}
