import { usageError } from "./cli-error.ts";

export const DEFAULT_URL = "http://127.0.0.1:4000";

/** The address in the one form that credentials are kept under. `source` says where it was written. */
export function parseServerUrl(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw usageError(`${source}: "${text}" is not a server's address. Write it as ${DEFAULT_URL}`);
  }
  return url.href.replace(/\/+$/, "");
}

/** True when what is sent stays on this machine. */
export const isLoopback = (url: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
