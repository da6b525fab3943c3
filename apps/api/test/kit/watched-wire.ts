import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A proxy between a server and its database that counts the messages of the server. */
export interface WatchedWire {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** @returns how many messages to the database contained any of the texts since the proxy started */
  sent(...texts: readonly string[]): number;
  end(): Promise<void>;
}

/** Starts a proxy to the database of this address. */
export async function layWatchedWire(databaseUrl: string): Promise<WatchedWire> {
  const target = new URL(databaseUrl);
  const directory = target.searchParams.get("host");
  const port = Number(target.port);
  const messages: Buffer[] = [];
  const open = new Set<Socket>();
  const gate = createServer({ noDelay: true }, (near) => {
    const far =
      directory === null ? connect(port, target.hostname) : connect(`${directory}/.s.PGSQL.${port}`);
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
    }
    far.pipe(near);
    near.on("data", (bytes: Buffer) => {
      messages.push(bytes);
      far.write(bytes);
    });
  });
  gate.listen(0, "127.0.0.1");
  await once(gate, "listening");
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String((gate.address() as AddressInfo).port);
  return {
    url: url.href,
    sent: (...texts) => messages.filter((bytes) => texts.some((text) => bytes.includes(text))).length,
    end: async () => {
      const closed = once(gate, "close");
      gate.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
