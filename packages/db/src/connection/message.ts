// What pg would send part by part, in one piece: the socket is written to once, and where a part cannot be made nothing of it
// has been sent. The cast is this file's: pg's connection sends by a method that its types do not have.
import type { asParameter } from "./wire-values.ts";

/** The parts of a message, as pg's connection makes them and sends each when it is made. */
export interface MessageWriter {
  readonly stream: { write(bytes: Buffer): unknown };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly ReturnType<typeof asParameter>[] }): void;
  describe(message: { type: "P" }): void;
  execute(message: object): void;
  sync(): void;
}

/** Makes the parts, and sends none of them. */
export function messageOf(connection: MessageWriter, make: (parts: MessageWriter) => void): Buffer {
  const parts: Buffer[] = [];
  const collecting = Object.create(connection, {
    _send: { value: (part: Buffer) => parts.push(part) },
  }) as MessageWriter;
  make(collecting);
  return Buffer.concat(parts);
}
