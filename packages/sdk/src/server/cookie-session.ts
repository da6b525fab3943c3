// The session cookie during one request of a browser. All calls send the cookie that the browser has sent, and not a successor
// of it: the browser may never receive that successor, and its use would end the old cookie.
import type { Answer } from "../answer.ts";
import { askCallback, CallbackError, callbackThrew } from "../call/callback-error.ts";
import { needRecovery } from "../call/load-recovery.ts";
import { startsSession } from "../call/perform.ts";
import type { Send } from "../client.ts";
import { ProjoError } from "../errors.ts";
import type { CookieJar } from "./cookie-jar.ts";
import { cookieNames, sessionCookieIn, type SetCookie } from "./set-cookie.ts";

/** The value of a `cookie` header. */
type SentCookies = { readonly header: string };
type Call = Parameters<Send>[0];

/** Returns a function that carries out calls with the cookie of the jar, and applies the cookies of the answers to the jar. */
export function sendWithJar(jar: CookieJar, send: Send): Send {
  let current: Promise<SentCookies> | undefined;
  /** The last value that was set in the response. Parallel calls get the same one. */
  let applied: string | undefined;

  const currentCookies = (): Promise<SentCookies> => {
    current ??= readJar(jar).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    return current;
  };

  const setCookie = async ({ name, value, attributes }: SetCookie): Promise<void> => {
    await jar.set?.(name, value, attributes);
    applied = value;
  };

  /** Passes the successor of the cookie on, or its deletion. Without that, the old cookie goes on working. */
  const renew = async (sent: SentCookies | undefined, cookie: SetCookie): Promise<void> => {
    // Another call of this request has signed in or out since this call was sent.
    if (sent === undefined || sent !== (await current)) return;
    if (cookie.value === "") current = Promise.resolve({ header: "" });
    if (cookie.value === applied) return;
    await setCookie(cookie).catch(() => undefined);
  };

  /** Keeps a new session, or ends it. @throws ProjoError when the response cannot have its cookie */
  const start = async (call: Call, cookie: SetCookie | undefined): Promise<void> => {
    if (cookie === undefined) throw withoutCookie(call);
    const cookies = cookiesOf([[cookie.name, cookie.value]]);
    try {
      await setCookie(cookie);
    } catch (thrown) {
      const { callbackError } = await needRecovery(call.name);
      const signOut = { ...call, name: "auth.signOut" as const, input: undefined, options: {} };
      const isEnded = await send(withCookies(signOut, cookies)).then(
        () => true,
        () => false,
      );
      const failed = callbackThrew("cookies.set", {
        thrown,
        secrets: [cookie.value],
        note: noteOf(call.name, isEnded),
      });
      const { message, code, cause } = callbackError(failed, call.name);
      const mayHaveBeenCarriedOut = call.name === "auth.signUp";
      throw new ProjoError(message, { operation: call.name, code, cause, mayHaveBeenCarriedOut });
    }
    current = Promise.resolve(cookies);
  };

  return async (call) => {
    const isStart = startsSession(call.name);
    if (isStart && jar.set === undefined)
      throw new TypeError(
        `${call.name} needs cookies with a method set. Call it where the response can set cookies, such as an action or a route.`,
      );
    let received: SetCookie | undefined;
    const sent = await currentCookies().catch(async (error: unknown) => {
      if (!(error instanceof CallbackError)) throw error;
      throw (await needRecovery(call.name)).callbackError(error, call.name);
    });
    const onCookie = (cookie: SetCookie | undefined) => (received = cookie);
    let answer: Answer<unknown>;
    try {
      answer = await send(withCookies(call, sent, onCookie));
    } finally {
      if (!isStart && received !== undefined) await renew(sent, received);
    }
    if (isStart) await start(call, received);
    return answer;
  };
}

/** Adds the cookies to the requests of a call, and reports the cookie of each response. */
function withCookies(
  call: Call,
  { header }: SentCookies,
  onCookie?: (cookie: SetCookie | undefined) => void,
): Call {
  const { connection } = call;
  return {
    ...call,
    connection: {
      ...connection,
      // Workers of edge networks refuse the option credentials, which is for browsers.
      fetch: async (url, { credentials: _, ...init }) => {
        const headers = { ...init.headers, ...(header === "" ? {} : { cookie: header }) };
        const response = await connection.fetch(url, { ...init, headers });
        onCookie?.(sessionCookieIn(response.headers));
        return response;
      },
    },
  };
}

async function readJar(jar: CookieJar): Promise<SentCookies> {
  return cookiesOf(
    await Promise.all(
      cookieNames.map(async (name) => {
        const found = await askCallback("cookies.get", () => jar.get(name));
        return [name, typeof found === "object" ? found?.value : found] as const;
      }),
    ),
  );
}

/** Only a value of the form of a session cookie is sent, so that a value cannot add another cookie or header. */
function cookiesOf(pairs: readonly (readonly [string, string | undefined])[]): SentCookies {
  const valid = pairs.filter(([, value]) => value !== undefined && /^[\w.~-]+$/.test(value));
  return { header: valid.map(([name, value]) => `${name}=${value}`).join("; ") };
}

function withoutCookie({ name }: Call): ProjoError {
  return new ProjoError(
    `The answer to ${name} has no session cookie. Update the server, and check that no proxy removes set-cookie.`,
    { operation: name, code: "UNEXPECTED_ANSWER", mayHaveBeenCarriedOut: true },
  );
}

function noteOf(operation: string, isEnded: boolean): string {
  const session = isEnded
    ? "The client has ended the new session."
    : "The new session could not be ended. It ends when it expires or is revoked.";
  const account = operation === "auth.signUp" ? " The account exists." : "";
  return `${session}${account} Sign in where the response can set cookies, such as an action or a route.`;
}
