// A proxy between the server and PostgreSQL that counts the server's messages that contain one of the given texts.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface DatabaseTap {
  readonly host: string;
  readonly port: number;
  /** Starts to count the server's messages that contain any of the texts. @returns a function that returns the count */
  watch(texts: readonly string[]): () => number;
  close(): Promise<void>;
}

export async function openDatabaseTap(to: { host: string; port: number }): Promise<DatabaseTap> {
  const upstream = to.host.startsWith("/") ? { path: `${to.host}/.s.PGSQL.${to.port}` } : to;
  const watchers = new Set<(bytes: Buffer) => void>();
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect(upstream);
    near.on("data", (bytes: Buffer) => {
      for (const seen of watchers) seen(bytes);
      far.write(bytes);
    });
    far.pipe(near);
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on("error", () => peer.destroy());
      socket.on("close", () => {
        open.delete(socket);
        peer.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: "127.0.0.1",
    port,
    watch: (texts) => {
      let count = 0;
      watchers.add((bytes) => {
        if (texts.some((text) => bytes.includes(text))) count += 1;
      });
      return () => count;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
