import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that Linux gives to outgoing connections: one of those could take the port of a server that is restarting. */
const [FIRST, END] = [15_000, 32_000];

/** @returns a port of 127.0.0.1 on which nothing listens. A program that is started again keeps its port. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer().listen(port, "127.0.0.1");
  try {
    await once(listener, "listening");
  } catch {
    return false;
  }
  const closed = once(listener, "close");
  listener.close();
  await closed;
  return true;
}
