/** The sender of a mail: an address, and a name that may be empty. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

// The dot-atom form of RFC 5322. It excludes every character with which a header, an address list or an SMTP command could
// read the text as more than one address: spaces, commas, angle brackets, quotes and line breaks.
const ADDRESS = /^(?=.{3,254}$)[\w!#$%&'*+/=?^`{|}~.-]+@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i;

/** Whether the text is one address without a name. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** Parses `Name <address>` or an address; null when the text is neither. */
export function parseMailbox(text: string): Mailbox | null {
  const [, quoted, bare, bracketed] = /^(?:"([^"\\<>]*)"|([^"<>]*?))\s*<([^<>]+)>$/.exec(text.trim()) ?? [];
  const mailbox = { name: (quoted ?? bare ?? "").trim(), address: bracketed ?? text.trim() };
  // oxlint-disable-next-line no-control-regex -- the pattern rejects control characters
  return isAddress(mailbox.address) && !/[\x00-\x1f\x7f]/.test(mailbox.name) ? mailbox : null;
}
