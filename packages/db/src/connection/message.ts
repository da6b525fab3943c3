// Collects the parts that pg would send one by one into one message. The socket is written once, and nothing is sent when a
// part cannot be built. This file casts types, because pg's types omit the connection's send method.
import type { asParameter } from "./wire-values.ts";

/** The methods of pg's connection that build and send a part of a message. */
export interface MessageWriter {
  readonly stream: { write(bytes: Buffer): unknown };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly ReturnType<typeof asParameter>[] }): void;
  describe(message: { type: "P" }): void;
  execute(message: object): void;
  sync(): void;
}

/** Builds a message without sending it. */
export function messageOf(connection: MessageWriter, build: (parts: MessageWriter) => void): Buffer {
  const parts: Buffer[] = [];
  const collecting = Object.create(connection, {
    _send: { value: (part: Buffer) => parts.push(part) },
  }) as MessageWriter;
  build(collecting);
  return Buffer.concat(parts);
}
