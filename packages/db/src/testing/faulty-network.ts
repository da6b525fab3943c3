// A TCP proxy between a server and PostgreSQL that simulates network faults, for tests and attacks.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * The handling of the bytes of all connections, in both directions: `passes` forwards them, `swallows` drops them while the
 * connections stay open, and `freezes` delays them until the state changes.
 */
export type NetworkState = "passes" | "swallows" | "freezes";

export interface FaultyNetwork {
  readonly host: string;
  readonly port: number;
  /** Returns the URL of the same database through this proxy. */
  urlOf(databaseUrl: string): string;
  become(state: NetworkState): void;
  /** The number of connections opened so far. */
  opened(): number;
  close(): Promise<void>;
}

/** Starts the proxy. @param to the address of PostgreSQL; the host may be the directory of its Unix socket */
export async function layFaultyNetwork(to: { host: string; port: number }): Promise<FaultyNetwork> {
  const upstream = to.host.startsWith("/") ? { path: `${to.host}/.s.PGSQL.${to.port}` } : to;
  const sockets = new Set<Socket>();
  /** Connections that were opened in the state `freezes`. They are connected to PostgreSQL when the state changes. */
  const held: Socket[] = [];
  let state: NetworkState = "passes";
  let opened = 0;

  const keep = (socket: Socket, peer: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      peer.destroy();
    });
    socket.on("data", (bytes) => {
      if (state !== "swallows") peer.write(bytes);
    });
    if (state === "freezes") socket.pause();
  };
  const join = (client: Socket) => {
    const postgres = connect(upstream);
    keep(client, postgres);
    keep(postgres, client);
  };
  const proxy = createServer({ noDelay: true }, (client) => {
    opened += 1;
    if (state !== "freezes") return join(client);
    client.on("error", () => {});
    held.push(client.pause());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    urlOf: (databaseUrl) => {
      const url = new URL(databaseUrl);
      url.searchParams.delete("host");
      url.hostname = "127.0.0.1";
      url.port = String(port);
      return url.href;
    },
    become: (next) => {
      state = next;
      for (const socket of sockets)
        if (next === "freezes") socket.pause();
        else socket.resume();
      for (const client of next === "freezes" ? [] : held.splice(0)) if (!client.destroyed) join(client);
    },
    opened: () => opened,
    close: async () => {
      const closed = once(proxy, "close");
      proxy.close();
      for (const socket of [...sockets, ...held]) socket.destroy();
      await closed;
    },
  };
}
