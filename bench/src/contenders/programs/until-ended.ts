import type { AddressInfo } from "node:net";

interface Listening {
  readonly address: AddressInfo | string | null;
  readonly close: () => Promise<unknown>;
}

/** Prints the URL on which a program listens, and closes the program on SIGTERM. */
export function announceUntilEnded(name: string, { address, close }: Listening): void {
  if (typeof address !== "object" || address === null) throw new Error("The server has no port.");
  process.once("SIGTERM", () => {
    void close().then(() => process.exit(0));
  });
  process.stdout.write(`${name} listens on http://127.0.0.1:${address.port}\n`);
}
