// Services on loopback that are not a working PostgreSQL, for tests of the messages about them.
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface FakeService {
  readonly port: number;
  close(): void;
}

/** Starts a service that answers the first bytes of each client, or greets it. */
export async function startFakeService({
  greeting,
  answer,
}: {
  greeting?: Buffer | string;
  answer?: (request: Buffer) => Buffer | string | null;
}): Promise<FakeService> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    if (greeting !== undefined) socket.write(greeting);
    socket.on("data", (request) => {
      const response = answer?.(request) ?? null;
      if (response !== null) socket.end(response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The message by which PostgreSQL or a pooler refuses a connection. */
export function refusal(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
