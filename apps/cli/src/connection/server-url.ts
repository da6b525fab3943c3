import { usageError } from "../cli-error.ts";
import { parseUrl } from "../parse-url.ts";

export const DEFAULT_URL = "http://127.0.0.1:4000";

/** Normalizes the URL to the form used as a key of the credentials. `source` names the option or variable in errors. */
export function parseServerUrl(text: string, source: string): string {
  const url = parseUrl(text);
  // Do not print the address: it contains a secret.
  if (url?.username || url?.password) {
    throw usageError(
      `${source}: the address of a server contains no user name and no password. Use the form ${DEFAULT_URL}, and run: projo login`,
    );
  }
  // A link from a mail has a token after the "#".
  if (url && /^https?:$/.test(url.protocol) && (url.search || url.hash)) {
    throw usageError(
      `${source}: the address of a server has no part after "?" or "#". Use the form ${url.origin}`,
    );
  }
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw usageError(`${source}: "${text}" is not the URL of a server. Use the form ${formFor(text)}`);
  }
  if (/\/trpc(?:\/[\w.]*)?\/*$/.test(url.pathname)) {
    throw usageError(
      `${source}: "${text}" is the address of an operation. Remove "/trpc" and what follows it.`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Returns the text with its scheme if only that is missing, else an example. */
function formFor(text: string): string {
  const host = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i.exec(text)?.[1];
  if (host === undefined || !(host === "localhost" || /[.:]/.test(host))) return DEFAULT_URL;
  const plain = `http://${text.replace(/\/$/, "")}`;
  if (parseUrl(plain) === null) return DEFAULT_URL;
  return isLoopback(plain) ? plain : plain.replace("http:", "https:");
}

/** Returns true when the URL points to this machine. */
export const isLoopback = (url: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/.test(
    new URL(url).hostname,
  );
