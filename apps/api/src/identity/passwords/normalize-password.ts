/**
 * The password as it is hashed, and as its length is counted: OpaqueString of RFC 8265, section 4.2. The same characters
 * typed on another keyboard or system are the same password: other spaces become U+0020, and the text is in Unicode's
 * form NFC. Case stays, nothing is trimmed, nothing is cut.
 */
export const normalizePassword = (password: string): string =>
  password.replaceAll(/\p{Zs}/gu, " ").normalize("NFC");
