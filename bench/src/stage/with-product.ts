import { openLoad, type Load } from "../load/load-client.ts";
import type { Stage, StartOptions } from "./stage.ts";

/** A server of the product for the length of the work, and a load for it. */
export async function withProduct<T>(
  stage: Stage,
  { connections, ...options }: StartOptions & { readonly connections: number },
  work: (load: Load) => Promise<T>,
): Promise<T> {
  const { server } = await stage.start("projo", options);
  const load = openLoad({ url: server.url, connections });
  try {
    return await work(load);
  } finally {
    await load.close();
    await server.stop();
  }
}
