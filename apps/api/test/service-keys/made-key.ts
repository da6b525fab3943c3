import type { Permission, Role } from "@projostack/authz";
import type { ServiceKey, ShownServiceKey } from "@projostack/sdk";
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

/** The key in an answer that shows its token, for calls to the server of this address. */
export function keyOf(url: string, { data }: Pick<Answer, "data">): MadeKey {
  const { id, token } = data as ShownServiceKey;
  return { id, token, call: (name, input, workspaceId) => call(url, name, { input, token, workspaceId }) };
}

export const shownIn = ({ data }: Answer): ShownServiceKey => data as ShownServiceKey;

export const listedIn = ({ data }: Answer): readonly ServiceKey[] =>
  (data as { items: readonly ServiceKey[] }).items;

/** The bytes of a token: its key's id, its secret, its checksum. */
export const bytesOfToken = (token: string): Buffer => Buffer.from(token.slice(4), "base64url");

/** Status and reason of an answer, in short. */
export const verdictOf = ({ status, error }: Answer): string =>
  error === undefined ? String(status) : `${status} ${error.reason}`;
