/** Whom a mail is from: an address, and a name that may be empty. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

// RFC 5322's dot-atom, and nothing that a header, an address list or an SMTP command could read as more than one
// address: no blank, comma, angle bracket, quote or line break.
const ADDRESS = /^(?=.{3,254}$)[\w!#$%&'*+/=?^`{|}~.-]+@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i;

/** Whether the text is one bare address. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);

/** Reads `Name <address>` or a bare address; null when it is neither. */
export function parseMailbox(text: string): Mailbox | null {
  const [, quoted, bare, bracketed] = /^(?:"([^"\\<>]*)"|([^"<>]*?))\s*<([^<>]+)>$/.exec(text.trim()) ?? [];
  const mailbox = { name: (quoted ?? bare ?? "").trim(), address: bracketed ?? text.trim() };
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  return isAddress(mailbox.address) && !/[\x00-\x1f\x7f]/.test(mailbox.name) ? mailbox : null;
}
