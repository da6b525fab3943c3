import type { KeyRing } from "../key-ring.ts";

/**
 * What a workspace's log calls a session: the same for all entries of the session in one workspace, another in each other
 * workspace, and of no use to find the session. Made by the newest key, so a new key gives new pseudonyms.
 * @returns a UUID of version 8 (RFC 9562, 5.8), which no session's id is
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
