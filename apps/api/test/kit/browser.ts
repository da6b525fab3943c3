import { call, type Answer, type Call } from "./call.ts";
import { password, type Person } from "./people.ts";

/** A cookie that an answer sets. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** The attributes by lower-case name; an attribute without a value is the empty string. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** @returns the cookies that an answer sets */
export const setCookiesOf = ({ headers }: Pick<Answer, "headers">): SetCookie[] =>
  headers.getSetCookie().map(parseSetCookie);

function parseSetCookie(header: string): SetCookie {
  const [pair = "", ...attributes] = header.split("; ");
  const [name, value] = splitAt(pair);
  return {
    name,
    value,
    attributes: Object.fromEntries(
      attributes.map((attribute) => {
        const [key, text] = splitAt(attribute);
        return [key.toLowerCase(), text];
      }),
    ),
  };
}

function splitAt(text: string): [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

export const cookieMode = { "x-session": "cookie" } as const;

/** The cookies of a browser. Its calls are in cookie mode, and apply the cookies of the answers. */
export class Browser {
  readonly url: string;
  readonly jar = new Map<string, string>();

  constructor(url: string) {
    this.url = url;
  }

  get cookieHeader(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The value of the only cookie. */
  get token(): string {
    const [value] = this.jar.values();
    if (value === undefined || this.jar.size !== 1) throw new Error("The browser does not have one cookie.");
    return value;
  }

  async call(name: string, input?: unknown, options: Call = {}): Promise<Answer> {
    const answer = await call(this.url, name, {
      input,
      ...options,
      headers: {
        ...cookieMode,
        ...(this.jar.size === 0 ? {} : { cookie: this.cookieHeader }),
        ...options.headers,
      },
    });
    this.store(answer);
    return answer;
  }

  store(answer: Pick<Answer, "headers">): void {
    for (const { name, value, attributes } of setCookiesOf(answer)) {
      if (attributes["max-age"] === "0") this.jar.delete(name);
      else this.jar.set(name, value);
    }
  }
}

/** Signs a user in with a cookie. */
export async function signInWithCookie(url: string, { email }: Pick<Person, "email">): Promise<Browser> {
  const browser = new Browser(url);
  const { status } = await browser.call("auth.signIn", { email, password });
  if (status !== 200) throw new Error(`The sign-in was answered with ${status}.`);
  return browser;
}
