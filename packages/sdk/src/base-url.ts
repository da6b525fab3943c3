import { platform } from "./platform.ts";

/** Validates the URL and removes a trailing slash. @throws TypeError whose message does not contain the URL */
export function parseBaseUrl(text: string): string {
  const url = parse(text);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError("baseUrl must be an absolute http or https URL such as http://127.0.0.1:4000.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("baseUrl must not contain a user name or password. Sign in, or pass a token.");
  }
  if (url.search !== "" || url.hash !== "") {
    throw new TypeError(
      "baseUrl must not contain a query or a fragment. Remove it: the path of the operation is appended to baseUrl.",
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function parse(text: string) {
  try {
    return new (platform().URL)(text);
  } catch {
    // Drop the runtime's error: its message quotes the text, which may contain a password.
    return undefined;
  }
}
