// An SMTP server (RFC 5321) that accepts every mail and counts them by recipient.
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";

export interface MailSink {
  readonly url: string;
  /** The number of mails that each address got. */
  readonly received: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function startMailSink(): Promise<MailSink> {
  const received = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    converse(socket, (recipients) => {
      for (const address of recipients) received.set(address, (received.get(address) ?? 0) + 1);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function converse(socket: Socket, accept: (recipients: readonly string[]) => void): void {
  let recipients: string[] = [];
  let isMessage = false;
  const answers: Record<string, string> = {
    EHLO: "250 drill",
    HELO: "250 drill",
    MAIL: "250 ok",
    RCPT: "250 ok",
    DATA: "354 go ahead",
    RSET: "250 ok",
    QUIT: "221 bye",
  };
  socket.write("220 drill\r\n");
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  // A server that is killed resets its connection, which the reader of lines reports too.
  lines.on("error", () => {});
  lines.on("line", (line) => {
    if (isMessage) {
      if (line !== ".") return;
      isMessage = false;
      accept(recipients);
      recipients = [];
      socket.write("250 accepted\r\n");
      return;
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "RCPT") recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? "");
    isMessage = verb === "DATA";
    socket.write(`${answers[verb] ?? "500 unknown command"}\r\n`);
  });
}
