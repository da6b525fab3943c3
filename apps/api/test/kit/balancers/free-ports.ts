import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Ports that are free now, each another one. */
export async function freePorts(many: number): Promise<number[]> {
  const listeners = Array.from({ length: many }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(listeners.map((listener) => once(listener, "listening")));
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(
    listeners.map((listener) => {
      const closed = once(listener, "close");
      listener.close();
      return closed;
    }),
  );
  return ports;
}
