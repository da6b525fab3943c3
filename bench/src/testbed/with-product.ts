import { openLoad, type Load } from "../load/load-client.ts";
import type { Testbed, StartOptions } from "./testbed.ts";

/** Starts the product's server and a load generator for the work, and stops both afterwards. */
export async function withProduct<T>(
  testbed: Testbed,
  { connections, ...options }: StartOptions & { readonly connections: number },
  work: (load: Load) => Promise<T>,
): Promise<T> {
  const { server } = await testbed.start("projo", options);
  const load = openLoad({ url: server.url, connections });
  try {
    return await work(load);
  } finally {
    await load.close();
    await server.stop();
  }
}
