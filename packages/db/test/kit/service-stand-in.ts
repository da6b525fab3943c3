// Stands in for a managed service: a proxy in front of a real PostgreSQL that answers some statements itself, as the service
// does. It forwards everything else, so what a test sees of the database is real.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";

export interface Refusal {
  /** The SQLSTATE. */
  readonly code: string;
  readonly message: string;
  /** Whether the service ends the connection. */
  readonly isFatal?: boolean;
}

export interface StandInOptions {
  readonly to: { readonly host: string; readonly port: number };
  /** @returns how the service refuses the statement; null to forward it */
  readonly refuse?: (sql: string) => Refusal | null;
  /** Changes a statement before PostgreSQL gets it. */
  readonly rewrite?: (sql: string) => string;
  /** Ends the connection instead of delivering the answer to this statement, counted from 1. */
  readonly cutAt?: number;
  /** The certificate with which the service accepts TLS. Without it, the service has no TLS. */
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer };
}

export interface StandIn {
  readonly port: number;
  /** The statements that clients sent, with whether the connection used TLS. */
  readonly statements: readonly { readonly sql: string; readonly isEncrypted: boolean }[];
  close(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;

export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const statements: { sql: string; isEncrypted: boolean }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    track(socket);
    socket.once("data", (first: Buffer) => {
      if (first.length !== 8 || first.readInt32BE(4) !== SSL_REQUEST) return relay(socket, false, first);
      socket.write(options.tls ? "S" : "N");
      if (!options.tls) return relay(socket, false);
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext(options.tls),
      });
      track(secured);
      return relay(secured, true);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  }

  function relay(client: Socket, isEncrypted: boolean, first?: Buffer): void {
    const postgres = connect(options.to);
    track(postgres);
    const end = () => {
      client.destroy();
      postgres.destroy();
    };
    client.on("close", end);
    postgres.on("close", end);
    let isCut = false;
    postgres.on("data", (bytes) => (isCut ? end() : client.write(bytes)));
    // The first message, with the user and the database, has no type.
    let isStarted = false;
    let isSkipping = false;
    let rest = Buffer.alloc(0);
    const read = (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      for (;;) {
        const header = isStarted ? 1 : 0;
        if (rest.length < header + 4) return;
        const length = header + rest.readInt32BE(header);
        if (rest.length < length) return;
        const message = rest.subarray(0, length);
        rest = rest.subarray(length);
        if (isStarted) handle(message);
        else postgres.write(message);
        isStarted = true;
      }
    };
    const handle = (message: Buffer) => {
      const type = String.fromCharCode(message[0] ?? 0);
      if (isSkipping) {
        if (type !== "S") return;
        isSkipping = false;
        client.write(READY);
        return;
      }
      const sql = sqlOf(type, message);
      if (sql === null) {
        postgres.write(message);
        return;
      }
      statements.push({ sql, isEncrypted });
      if (options.cutAt !== undefined && statements.length >= options.cutAt) isCut = true;
      const refusal = options.refuse?.(sql) ?? null;
      if (refusal === null) {
        postgres.write(withSql(type, message, options.rewrite?.(sql) ?? sql));
        return;
      }
      client.write(errorOf(refusal));
      if (refusal.isFatal) {
        client.end();
        return;
      }
      if (type === "Q") client.write(READY);
      else isSkipping = true;
    };
    client.on("data", read);
    if (first) read(first);
  }

  return {
    port: (server.address() as AddressInfo).port,
    statements,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** ReadyForQuery, outside a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** @returns the statement of a Query or Parse message; null for other messages */
function sqlOf(type: string, message: Buffer): string | null {
  if (type === "Q") return message.toString("utf8", 5, message.length - 1);
  if (type !== "P") return null;
  const start = message.indexOf(0, 5) + 1;
  return message.toString("utf8", start, message.indexOf(0, start));
}

function withSql(type: string, message: Buffer, sql: string): Buffer {
  const body =
    type === "Q"
      ? Buffer.from(`${sql}\0`)
      : (() => {
          const start = message.indexOf(0, 5) + 1;
          const end = message.indexOf(0, start);
          return Buffer.concat([message.subarray(5, start), Buffer.from(sql), message.subarray(end)]);
        })();
  const header = Buffer.alloc(5);
  header.write(type);
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

function errorOf({ code, message, isFatal = false }: Refusal): Buffer {
  const severity = isFatal ? "FATAL" : "ERROR";
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${message}\0\0`);
  const header = Buffer.alloc(5);
  header.write("E");
  header.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([header, fields]);
}
