import { isLoopback } from "./is-loopback.ts";

/**
 * Reads `rediss://:password@host:6379/0`, `redis://127.0.0.1:6379` or `redis://host:6379?tls=off`; null when it is none. Off
 * this machine the connection is encrypted, unless the address says `tls=off`: it carries the password.
 * @returns the address as the client takes it
 */
export function parseRedisUrl(text: string): string | null {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isEncrypted = url.protocol === "rediss:";
  // The client would take any other parameter for an option of its own.
  if (url.search !== "" && (isEncrypted || url.search !== "?tls=off")) return null;
  if (url.hostname === "" || url.hash !== "") return null;
  if (!isEncrypted && url.search === "" && !isLoopback(url.hostname)) return null;
  url.search = "";
  return url.href;
}
