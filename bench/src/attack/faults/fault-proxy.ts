// A TCP proxy between the server and PostgreSQL whose network can be made to fail and to recover.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/**
 * What the network does with the bytes of all connections, in both directions: passes them on, drops them while every
 * connection stays open, or holds them until it recovers.
 */
export type Network = "passes" | "swallows" | "freezes";

export interface FaultProxy {
  readonly host: string;
  readonly port: number;
  become(network: Network): void;
  close(): Promise<void>;
}

/** @param to PostgreSQL; the host may be the directory of its unix socket */
export async function startFaultProxy(to: { host: string; port: number }): Promise<FaultProxy> {
  const upstream = to.host.startsWith("/") ? { path: `${to.host}/.s.PGSQL.${to.port}` } : to;
  const sockets = new Set<Socket>();
  /** Connections that were opened while the network was frozen: they reach PostgreSQL when it recovers. */
  const held: Socket[] = [];
  let network: Network = "passes";

  const keep = (socket: Socket, peer: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      peer.destroy();
    });
    socket.on("data", (bytes) => {
      if (network !== "swallows") peer.write(bytes);
    });
    if (network === "freezes") socket.pause();
  };
  const join = (client: Socket) => {
    const postgres = connect(upstream);
    keep(client, postgres);
    keep(postgres, client);
  };
  const proxy = createServer({ noDelay: true }, (client) => {
    if (network !== "freezes") return join(client);
    client.on("error", () => {});
    held.push(client.pause());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    become: (next) => {
      network = next;
      for (const socket of sockets)
        if (next === "freezes") socket.pause();
        else socket.resume();
      for (const client of next === "freezes" ? [] : held.splice(0)) if (!client.destroyed) join(client);
    },
    close: async () => {
      const closed = once(proxy, "close");
      proxy.close();
      for (const socket of [...sockets, ...held]) socket.destroy();
      await closed;
    },
  };
}
