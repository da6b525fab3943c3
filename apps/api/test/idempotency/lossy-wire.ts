// A proxy to PostgreSQL that loses the answer of a commit: the bytes of the server arrive, PostgreSQL commits, and then the
// connection ends.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface LossyWire {
  /** The address of the database through the proxy. */
  readonly url: string;
  /** Loses the answer of the next message that stores an idempotency key. */
  loseNext(): void;
  /** The number of lost answers. */
  lost(): number;
  close(): Promise<void>;
}

/** The statements that store an answer: one commits with its message, the others are sent with their COMMIT. */
const STORES = /_kept\0|UPDATE (?:account_)?idempotency_keys SET/;

/** Returns a function that returns the types of the messages that each part of a stream completes. */
function frameReader({ hasStartup }: { hasStartup: boolean }): (bytes: Buffer) => string[] {
  let rest = Buffer.alloc(0);
  let isStartup = hasStartup;
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const types: string[] = [];
    for (;;) {
      // The startup packet has a length and no type. It is counted as a message that is answered.
      const head = isStartup ? 0 : 1;
      if (rest.length < head + 4) return types;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return types;
      types.push(isStartup ? "Q" : rest.toString("latin1", 0, 1));
      isStartup = false;
      rest = rest.subarray(end);
    }
  };
}

/** @param onLoss called after the commit whose answer is lost, before the connection ends */
export async function layLossyWire(databaseUrl: string, onLoss = () => {}): Promise<LossyWire> {
  const target = new URL(databaseUrl);
  const directory = target.searchParams.get("host");
  const reach = () =>
    directory === null
      ? connect(Number(target.port), target.hostname)
      : connect(`${directory}/.s.PGSQL.${target.port}`);
  const open = new Set<Socket>();
  let isArmed = false;
  let lost = 0;
  const gate = createServer((near) => {
    const far = reach();
    let isDoomed = false;
    /** The number of messages that PostgreSQL has not answered. It answers each with ReadyForQuery. */
    let unanswered = 0;
    const requests = frameReader({ hasStartup: true });
    const answers = frameReader({ hasStartup: false });
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on("data", (bytes: Buffer) => {
      unanswered += requests(bytes).filter((type) => type === "Q" || type === "S").length;
      if (isArmed && STORES.test(bytes.toString("latin1"))) [isArmed, isDoomed] = [false, true];
      far.write(bytes);
    });
    far.on("data", (bytes: Buffer) => {
      unanswered -= answers(bytes).filter((type) => type === "Z").length;
      if (!isDoomed) return void near.write(bytes);
      // A new connection sends its first statement together with the check of its settings.
      if (unanswered > 0) return;
      lost += 1;
      onLoss();
      far.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(gate, "listening");
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String((gate.address() as AddressInfo).port);
  return {
    url: url.href,
    loseNext: () => {
      isArmed = true;
    },
    lost: () => lost,
    close: async () => {
      const closed = once(gate, "close");
      gate.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
