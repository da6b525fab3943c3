import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A proxy between a server and its database that a test may cut. */
export interface Wire {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** Closes open connections and refuses new ones, as when the database has ended. */
  cut(): Promise<void>;
  /** Accepts connections again. */
  mend(): Promise<void>;
}

/** Starts a proxy to the database of this address. */
export async function layWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  const directory = target.searchParams.get("host");
  const port = Number(target.port);
  const reach = () =>
    directory === null ? connect(port, target.hostname) : connect(`${directory}/.s.PGSQL.${port}`);
  const open = new Set<Socket>();
  const gate = createServer((near) => {
    const far = reach();
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const { port: ownPort } = gate.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(ownPort);
  return {
    url: url.href,
    cut: async () => {
      if (!gate.listening) return;
      const closed = once(gate, "close");
      gate.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
    mend: async () => {
      gate.listen(ownPort, "127.0.0.1");
      await once(gate, "listening");
    },
  };
}
