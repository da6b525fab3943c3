import { parseUrl } from "../runtime/parse-url.ts";
import { isLoopback } from "./is-loopback.ts";

/**
 * Parses `rediss://:password@host:6379/0`, `redis://127.0.0.1:6379` or `redis://host:6379?tls=off`; null for any other
 * text. A connection to another machine carries the password, so it is encrypted unless the URL says `tls=off`.
 * @returns the URL for the client
 */
export function parseRedisUrl(text: string): string | null {
  const url = /^rediss?:\/\//.test(text) ? parseUrl(text) : null;
  if (url === null) return null;
  const isEncrypted = url.protocol === "rediss:";
  // The client reads any other parameter as an option.
  if (url.search !== "" && (isEncrypted || url.search !== "?tls=off")) return null;
  if (url.hostname === "" || url.hash !== "") return null;
  if (!isEncrypted && url.search === "" && !isLoopback(url.hostname)) return null;
  url.search = "";
  return url.href;
}
