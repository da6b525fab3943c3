// A TCP proxy before PostgreSQL that reads the messages of the protocol. It cuts connections before or after a COMMIT, delays or drops
// bytes, and forwards to another PostgreSQL after a promotion.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { messageReader, type Message } from "./message-reader.ts";

export type Cut = "before COMMIT" | "after COMMIT";

export interface Wire {
  readonly port: number;
  /** Cuts the connection of the next COMMIT, before PostgreSQL gets it or after PostgreSQL has confirmed it. */
  cutNext(cut: Cut): Promise<void>;
  /** Drops all bytes while the connections stay open. */
  swallow(isOn: boolean): void;
  /** Delays the answers of PostgreSQL. */
  delayAnswers(milliseconds: number): void;
  /** Connects to another PostgreSQL, and closes the connections to the present one. */
  moveTo(port: number): void;
  close(): Promise<void>;
}

export async function startWire(firstPort: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let target = firstPort;
  let isSwallowing = false;
  let delayMs = 0;
  let armed: { readonly cut: Cut; readonly done: () => void } | null = null;

  const fire = (cut: Cut): boolean => {
    if (armed?.cut !== cut) return false;
    armed.done();
    armed = null;
    return true;
  };
  const accept = (client: Socket) => {
    const postgres = connect({ host: "127.0.0.1", port: target, noDelay: true });
    const cut = () => {
      client.destroy();
      postgres.destroy();
    };
    for (const socket of [client, postgres]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        cut();
      });
    }
    const fromClient = messageReader({ hasStartup: true });
    client.on("data", (bytes) => {
      if (isSwallowing) return;
      const commits = fromClient(bytes).some(isCommit);
      if (commits && fire("before COMMIT")) cut();
      else postgres.write(bytes);
    });
    const fromPostgres = messageReader({ hasStartup: false });
    postgres.on("data", (bytes) => {
      if (isSwallowing) return;
      const confirms = fromPostgres(bytes).some(isConfirmedCommit);
      if (confirms && fire("after COMMIT")) return cut();
      if (delayMs > 0) setTimeout(() => client.writable && client.write(bytes), delayMs);
      else client.write(bytes);
    });
  };
  const proxy = createServer({ noDelay: true }, accept).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const closeAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cutNext: (cut) =>
      new Promise((done) => {
        armed = { cut, done };
      }),
    swallow: (isOn) => {
      isSwallowing = isOn;
    },
    delayAnswers: (milliseconds) => {
      delayMs = milliseconds;
    },
    moveTo: (port) => {
      target = port;
      closeAll();
    },
    close: async () => {
      const closed = once(proxy, "close");
      proxy.close();
      closeAll();
      await closed;
    },
  };
}

/** Query and Parse carry the text of a statement. A write begins with BEGIN or is one message that ends with COMMIT. */
const isCommit = ({ type, body }: Message): boolean =>
  (type === "Q" || type === "P") && /\bCOMMIT\b/.test(body.toString("latin1"));

const isConfirmedCommit = ({ type, body }: Message): boolean =>
  type === "C" && body.toString("latin1").startsWith("COMMIT");
