/** Two domains of the same mailboxes, which ignore dots in addresses. */
const GMAIL = new Set(["gmail.com", "googlemail.com"]);

/**
 * Returns the mailbox of an address: without the tag after a plus sign (RFC 5233), and by Google's rules for Gmail
 * addresses. The result is only used for counting, so two addresses that are merged by mistake merely share a limit.
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
