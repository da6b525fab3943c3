import { openLoad, type Load } from "../load/load-client.ts";
import type { Testbed, StartOptions } from "./testbed.ts";

/** A server of the product for the length of the work, and a load for it. */
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
