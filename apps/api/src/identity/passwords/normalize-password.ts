/**
 * Normalizes a password for hashing and for counting its length, by the profile OpaqueString of RFC 8265, section 4.2:
 * other spaces become U+0020, and the text is converted to NFC. So the same characters typed on another keyboard or system
 * are the same password. Case, leading and trailing spaces, and length are unchanged.
 */
export const normalizePassword = (password: string): string =>
  password.replaceAll(/\p{Zs}/gu, " ").normalize("NFC");
