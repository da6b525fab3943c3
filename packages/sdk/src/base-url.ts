import { platform } from "./platform.ts";

/** Returns the address without a slash at its end. @throws TypeError, without any password in it */
export function parseBaseUrl(text: string): string {
  const url = parse(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("baseUrl must be an absolute http or https address such as http://127.0.0.1:4000.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("baseUrl must not hold a user name or password. Sign in, or pass a token.");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TypeError("baseUrl must not hold a query or a fragment: the operation's path is added to it.");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function parse(text: string) {
  try {
    return new (platform().URL)(text);
  } catch {
    // The runtime's own message quotes the text, which may hold a password.
    return undefined;
  }
}
