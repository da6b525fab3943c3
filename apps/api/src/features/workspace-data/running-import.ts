import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";

/** An import in progress, with the services that its inserts need. */
export interface RunningImport {
  readonly ws: Ws<"workspace:manage">;
  readonly services: Services;
  readonly salt: Uint8Array;
}
