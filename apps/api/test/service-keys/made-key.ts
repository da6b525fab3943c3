import type { Permission, Role } from "@projostack/authz";
import { call, type Answer, type Person, type TestServer } from "../kit/index.ts";

/** A service key as a test holds it. */
export interface MadeKey {
  readonly id: string;
  readonly token: string;
  /** Calls as the service that has the key. */
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

export interface KeyWishes {
  readonly name?: string;
  readonly role?: Role;
  readonly scopes: readonly Permission[];
  readonly expiresInDays?: number;
}

/** A key that an admin makes in their workspace. */
export async function makeKey(
  { url }: Pick<TestServer, "url">,
  { call: ask }: Pick<Person, "call">,
  workspaceId: string,
  wishes: KeyWishes,
): Promise<MadeKey> {
  const answer = await ask("serviceKeys.create", { name: "Robot", ...wishes }, workspaceId);
  if (answer.status !== 200) throw new Error(`No key was made: ${answer.text}`);
  return keyOf(url, answer);
}

/** The key in an answer that shows its token. */
export function keyOf(url: string, { data }: Answer): MadeKey {
  const { id, token } = data as { id: string; token: string };
  return { id, token, call: (name, input, workspaceId) => call(url, name, { input, token, workspaceId }) };
}

/** The bytes of a token: its key's id, its secret, its checksum. */
export const bytesOfToken = (token: string): Buffer => Buffer.from(token.slice(4), "base64url");

/** Status and reason of an answer, in short. */
export const verdictOf = ({ status, error }: Answer): string =>
  error === undefined ? String(status) : `${status} ${error.reason}`;
