import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

// The default of PostgreSQL's setting scram_iterations.
const ITERATIONS = 4096;

/**
 * The value that PostgreSQL stores for a password (RFC 5803). Nobody can sign in with it, so a statement may contain it.
 * @param password ASCII characters, which SASLprep (RFC 4013) does not change
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
