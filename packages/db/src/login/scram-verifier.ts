import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

// The default of PostgreSQL's setting scram_iterations.
const ITERATIONS = 4096;

/** The verifier of a password as a literal of SQL. Its characters need no escape. */
export const verifierLiteral = (password: string): string => `'${scramVerifier(password)}'`;

/** The value that PostgreSQL stores for a password (RFC 5803). Nobody can sign in with it, so a statement may contain it. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(prepared(password), salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

/**
 * SASLprep (RFC 4013) as libpq and pg apply it to a password before they sign in: other spaces become a space, characters of
 * table B.1 of RFC 3454 are removed, and the rest is normalized.
 */
function prepared(password: string): string {
  return password.replaceAll(OTHER_SPACES, " ").replaceAll(REMOVED, "").normalize("NFKC");
}

const OTHER_SPACES = /[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/g;
const REMOVED = /\u00AD|\u034F|\u1806|[\u180B-\u180D]|\u200C|\u200D|\u2060|[\uFE00-\uFE0F]|\uFEFF/g;
