import type { Permission, Role } from "@projostack/authz";
import type { ServiceKey, ShownServiceKey } from "@projostack/sdk";
import { call, type Answer, type Person, type TestServer } from "../kit/index.ts";

/** A service key with its token. */
export interface MadeKey {
  readonly id: string;
  readonly token: string;
  /** Sends a call with the key. */
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

export interface KeyOptions {
  readonly name?: string;
  readonly role?: Role;
  readonly scopes: readonly Permission[];
  readonly expiresInDays?: number;
}

/** Creates a service key in a workspace. @param caller an admin of the workspace @throws Error if the call fails */
export async function makeKey(
  { url }: Pick<TestServer, "url">,
  caller: Pick<Person, "call">,
  workspaceId: string,
  options: KeyOptions,
): Promise<MadeKey> {
  const answer = await caller.call("serviceKeys.create", { name: "Robot", ...options }, workspaceId);
  if (answer.status !== 200) throw new Error(`The key was not created: ${answer.text}`);
  return keyOf(url, answer);
}

/** Returns the key of a response that contains its token, for calls to the server at `url`. */
export function keyOf(url: string, { data }: Pick<Answer, "data">): MadeKey {
  const { id, token } = data as ShownServiceKey;
  return { id, token, call: (name, input, workspaceId) => call(url, name, { input, token, workspaceId }) };
}

export const shownIn = ({ data }: Answer): ShownServiceKey => data as ShownServiceKey;

export const listedIn = ({ data }: Answer): readonly ServiceKey[] =>
  (data as { items: readonly ServiceKey[] }).items;

/** Returns the bytes of a service key: id, secret and checksum. */
export const bytesOfToken = (token: string): Buffer => Buffer.from(token.slice(4), "base64url");

/** Returns the status of a response, followed by the reason if the call failed. */
export const verdictOf = ({ status, error }: Answer): string =>
  error === undefined ? String(status) : `${status} ${error.reason}`;
