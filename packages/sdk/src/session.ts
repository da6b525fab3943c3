// What the calls that open and close a session do to the token store. The others leave it alone.
import type { Connection } from "./options.ts";
import type { OperationName } from "./operation-name.ts";
import type { Sent } from "./transport.ts";
import { checkToken } from "./token-store.ts";

type AfterCall = (connection: Connection, sent: Sent) => Promise<void>;

const opens = new Set<OperationName>(["auth.signUp", "auth.signIn"]);
const closes: OperationName = "auth.signOut";

/** A token that has expired must not stand in the way of signing in again. */
export function sendsToken(operation: OperationName): boolean {
  return !opens.has(operation);
}

/** Keeps a new session's token, forgets an ended one's. */
export const afterCall = (operation: OperationName): AfterCall => {
  if (opens.has(operation)) return keepToken;
  return operation === closes ? forgetToken : leaveAlone;
};

const keepToken: AfterCall = async ({ tokens }, { data }) => {
  if (typeof data !== "object" || data === null || !("accessToken" in data)) return;
  await tokens.set({ accessToken: checkToken(String(data.accessToken)) });
};

/** Unless another session was opened in the meantime. */
const forgetToken: AfterCall = async ({ tokens }, { token }) => {
  const kept = await tokens.get();
  if (kept?.accessToken === token) await tokens.clear();
};

const leaveAlone: AfterCall = async () => undefined;
