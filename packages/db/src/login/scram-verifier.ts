import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

// What PostgreSQL stores for a password (RFC 5803): from it nobody can sign in, so it may stand in a statement.
const ITERATIONS = 4096; // PostgreSQL's default, scram_iterations

/** @param password ASCII, so that SASLprep (RFC 4013) leaves it as it is */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
