// Reads PROJO_ALLOWED_ORIGINS. Browsers send an origin in one form: scheme and host in lower case, the host in ASCII, no default
// port. Entries are brought into this form, so that a comparison of texts decides.

import { parseUrl } from "../runtime/parse-url.ts";
import type { Config } from "./settings.ts";

export interface AllowedOrigins {
  readonly origins: readonly string[];
  /** Errors in the entries, and corrections. Each begins with a verb, after the name of the variable. */
  readonly problems: readonly string[];
}

const EXAMPLE = "such as https://app.example.com or http://localhost:5173";

export function readAllowedOrigins(text: string): AllowedOrigins {
  const origins = new Set<string>();
  const problems: string[] = [];
  for (const entry of text.split(",").map((part) => part.trim())) {
    const problem = problemOf(entry);
    const origin = problem === null ? new URL(entry).origin : null;
    if (problem !== null) problems.push(problem);
    else if (origin !== null && origins.has(origin))
      problems.push(`has ${JSON.stringify(entry)}, which repeats ${origin}: remove it`);
    else if (origin !== null) origins.add(origin);
  }
  return { origins: [...origins], problems };
}

function problemOf(entry: string): string | null {
  if (entry === "") return "has an empty entry: remove the comma";
  const [, scheme, rest = ""] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(entry) ?? [];
  const url = parseUrl(entry);
  // A message must not repeat a password.
  if (entry.includes("@")) return `has an entry with a user name or a password: write an origin, ${EXAMPLE}`;
  const has = `has ${JSON.stringify(entry)}`;
  if (entry === "*")
    return `${has}: answers to an allowed origin permit credentials, so "*" would let every site act as the signed-in user. List each origin, ${EXAMPLE}`;
  if (entry.toLowerCase() === "null")
    return `${has}: every site can open a page with the origin null. List each origin, ${EXAMPLE}`;
  if (entry.includes("*"))
    return `${has}: a wildcard is not supported, because any of its hosts could act as the signed-in user. List each origin, ${EXAMPLE}`;
  if (scheme === undefined) return `${has} without a scheme: write an origin, ${EXAMPLE}`;
  if (!/^https?$/i.test(scheme))
    return `${has}: only origins with the scheme https or http are supported. List each origin, ${EXAMPLE}`;
  if (url === null || !HOST.test(url.hostname))
    return `${has}, which is not an origin: write a scheme, a host and, unless it is the default, a port, ${EXAMPLE}`;
  if (/[/\\?#]/.test(rest)) return `${has}: an origin has no path, query or fragment. Write ${url.origin}`;
  return null;
}

/** A host after normalization. URLs permit more characters than host names, such as a semicolon. */
const HOST = /^(?:\[[\da-f:.]+\]|[a-z\d_-]+(?:\.[a-z\d_-]+)*)$/;

/** Whether PROJO_ALLOWED_ORIGINS contains the origin. */
export const isAllowedOrigin = (
  { allowedOrigins }: Pick<Config, "allowedOrigins">,
  origin: string,
): boolean => allowedOrigins.includes(origin);
