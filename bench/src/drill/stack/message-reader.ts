/** A message of PostgreSQL's protocol: a type, a length of four bytes that includes itself, and a body. */
export interface Message {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Reads one direction of a connection. The returned function takes the next bytes and returns the messages that they complete.
 * @param hasStartup whether the first message is one without a type, as a client sends it
 */
export function messageReader({
  hasStartup,
}: {
  readonly hasStartup: boolean;
}): (bytes: Buffer) => Message[] {
  let isStartup = hasStartup;
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const messages: Message[] = [];
    let at = 0;
    for (;;) {
      const lengthAt = isStartup ? at : at + 1;
      if (held.length < lengthAt + 4) break;
      const endAt = lengthAt + held.readInt32BE(lengthAt);
      if (held.length < endAt) break;
      if (!isStartup) {
        messages.push({
          type: String.fromCharCode(held[at] ?? 0),
          body: held.subarray(lengthAt + 4, endAt),
        });
      }
      isStartup = false;
      at = endAt;
    }
    held = held.subarray(at);
    return messages;
  };
}
