import { isIPv4 } from "node:net";

/** Whether nothing that is sent to the host leaves this machine. A name other than localhost may lead anywhere. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return bare === "localhost" || bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}
