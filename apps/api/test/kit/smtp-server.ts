// An SMTP server on a free port, with the part of RFC 5321 that sends a mail. It keeps the mails that it accepts, and a test
// can make it refuse, hang or hang up.
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

export type SmtpStage = "connect" | "EHLO" | "MAIL" | "RCPT" | "DATA" | "message";

/** The line to answer with, or "hang" or "hang up". A promise delays the answer. Undefined accepts the step. */
export type SmtpAnswer = string | undefined | Promise<string | undefined>;

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The message with dots unstuffed. Lines end with CRLF. */
  readonly source: string;
}

export interface SmtpServer {
  /** The value for PROJO_SMTP_URL. */
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** Every command line that clients sent. */
  readonly commands: readonly string[];
  /** Answers every step. A test may replace it. */
  answers: (stage: SmtpStage, line: string) => SmtpAnswer;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const taken: TakenMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    converse(socket, { taken, commands, answerOf: (stage, line) => server.answers(stage, line) });
  });
  await new Promise<void>((listening) => listener.listen(0, "127.0.0.1", listening));
  const address = listener.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const server: SmtpServer = {
    url: `smtp://127.0.0.1:${address.port}`,
    taken,
    commands,
    answers: () => undefined,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => listener.close(closed));
    },
  };
  return server;
}

interface Conversation {
  taken: TakenMail[];
  commands: string[];
  answerOf: SmtpServer["answers"];
}

function converse(socket: Socket, { taken, commands, answerOf }: Conversation): void {
  let from = "";
  let to: string[] = [];
  let lines: string[] | null = null;
  /** @returns whether the step was accepted */
  const step = async (stage: SmtpStage, line: string, ok: string): Promise<boolean> => {
    const answer = await answerOf(stage, line);
    if (answer === "hang") return false;
    if (answer === "hang up") {
      socket.destroy();
      return false;
    }
    socket.write(`${answer ?? ok}\r\n`);
    return answer === undefined || /^[23]/.test(answer);
  };
  // A client waits for each answer, so lines arrive one at a time.
  const take = async (line: string): Promise<void> => {
    if (lines !== null) {
      if (line !== ".") {
        lines.push(line.replace(/^\./, ""));
        return;
      }
      const mail = { from, to, source: lines.join("\r\n") };
      lines = null;
      if (await step("message", mail.source, "250 2.0.0 taken")) taken.push(mail);
      return;
    }
    commands.push(line);
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") await step("EHLO", line, "250-test\r\n250 8BITMIME");
    else if (verb === "MAIL") {
      if (await step("MAIL", line, "250 2.1.0 ok")) [from, to] = [addressIn(line), []];
    } else if (verb === "RCPT") {
      if (await step("RCPT", line, "250 2.1.5 ok")) to.push(addressIn(line));
    } else if (verb === "DATA") {
      const greeted = step("DATA", line, "354 go on");
      if (await greeted) lines = [];
    } else if (verb === "QUIT") socket.end("221 bye\r\n");
    else socket.write("500 5.5.1 what?\r\n");
  };
  void step("connect", "", "220 test ESMTP");
  createInterface({ input: socket, crlfDelay: Infinity }).on("line", (line) => void take(line));
}

const addressIn = (line: string): string => /<([^>]*)>/.exec(line)?.[1] ?? "";
