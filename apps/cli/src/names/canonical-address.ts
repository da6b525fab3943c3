import { parseUrl } from "../parse-url.ts";

/**
 * Returns the form in which the server shows an address: in lower case, without surrounding spaces, and with an
 * internationalized domain as A-labels (UTS 46, as URLs have it). Text that is no address is returned in lower case.
 */
export function canonicalAddress(text: string): string {
  const trimmed = text.replaceAll(/^[\s\p{DI}\p{Cf}]+|[\s\p{DI}\p{Cf}]+$/gu, "").toLowerCase();
  const [, local, domain] = /^([^@]+)@([^@\s/?#:[\]\\%]+)$/.exec(trimmed) ?? [];
  const url = local === undefined ? null : parseUrl(`http://${domain}`);
  return url === null ? trimmed : `${local}@${url.hostname.replace(/\.$/, "")}`;
}
