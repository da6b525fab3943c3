import type { Fetch } from "@projostack/sdk";
import type { Browser } from "./browser.ts";

/** The fetch of a browser with one origin: it sends and stores cookies for requests that include credentials. */
export function cookieFetch(browser: Browser): Fetch {
  return async (url, { credentials, headers, ...init }) => {
    if (credentials !== "include") return await fetch(url, { ...init, headers });
    const { cookieHeader } = browser;
    const answer = await fetch(url, {
      ...init,
      headers: cookieHeader === "" ? headers : { ...headers, cookie: cookieHeader },
    });
    browser.store(answer);
    return answer;
  };
}
