/** Domains whose mailboxes pass over dots, and are one. */
const GMAIL = new Set(["gmail.com", "googlemail.com"]);

/**
 * The mailbox that an address leads to, as far as the address tells: without the tag behind a plus (RFC 5233), and by Google's
 * rules at Google. It is only counted by, so an address that is merged with another by mistake costs no more than a limit.
 */
export function mailboxOf(email: string): string {
  const [, local = "", domain = ""] = /^(.*)@([^@]*)$/.exec(email.toLowerCase()) ?? [];
  if (domain === "") return email.toLowerCase();
  const plus = local.indexOf("+");
  const untagged = plus > 0 ? local.slice(0, plus) : local;
  if (!GMAIL.has(domain)) return `${untagged}@${domain}`;
  const dotless = untagged.replaceAll(".", "");
  return `${dotless === "" ? untagged : dotless}@gmail.com`;
}
