import type { ServiceKey } from "@projostack/sdk";
import type { WorkspaceClient } from "../server.ts";
import { pickNamed } from "./pick-named.ts";

/** The service key with this id or exact name, among those not revoked. */
export async function findKey(workspace: WorkspaceClient, idOrName: string): Promise<ServiceKey> {
  const named: ServiceKey[] = [];
  for await (const key of workspace.serviceKeys.list({ limit: 100 })) {
    if (key.status === "revoked") continue;
    if (key.id === idOrName) return key;
    if (key.name === idOrName.trim()) named.push(key);
  }
  return pickNamed(named, { noun: "service key", name: idOrName, see: "projo keys list" });
}
