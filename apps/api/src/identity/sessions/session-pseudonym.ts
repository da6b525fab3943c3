import type { KeyRing } from "../key-ring.ts";

/**
 * Returns the pseudonym of a session in the log of a workspace. All entries of the session in one workspace have the same
 * pseudonym; other workspaces have other ones. A pseudonym does not reveal the id of the session. It is computed with the
 * newest key, so a new key gives new pseudonyms.
 * @returns a UUID of version 8 (RFC 9562, 5.8), which differs from every session id
 */
export function sessionPseudonym(
  keys: KeyRing,
  { workspaceId, sessionId }: { workspaceId: string; sessionId: string },
): string {
  const bytes = Buffer.from(keys.sign("session pseudonym", `${workspaceId} ${sessionId}`));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
