// A client for one request of a browser to a web server. The web server passes the browser's session cookie on.
import { createMethods, sendWith } from "../client.js";
import { systemClock } from "../clock.js";
import { checkOptions } from "../options.js";
import { defaultFetch } from "../server-part.js";
import { sendWithJar } from "./cookie-session.js";
/**
 * Creates a client that acts with the session cookie of a browser, for the duration of one request to a web server. It sends
 * only the session cookie, and sets or deletes it in the response when the user signs in or out, and when the server replaces
 * it. Create a client for each request, because a client has the session of one user. Sends no request.
 *
 * @example
 * const client = createServerClient({ baseUrl, cookies: await cookies() }); // Next.js
 * const { user } = await client.auth.me();
 *
 * @throws TypeError that names an invalid option
 */
export function createServerClient(options) {
    if (typeof options !== "object" || options === null)
        throw new TypeError("createServerClient needs options: createServerClient({ baseUrl, cookies }).");
    const { cookies, browser = {}, ...clientOptions } = options;
    if (typeof cookies?.get !== "function")
        throw new TypeError("cookies must be an object with the methods get and set. If a function of your framework returns a promise of it, await the promise.");
    const fetch = clientOptions.fetch ?? defaultFetch;
    const connection = checkOptions({ ...clientOptions, session: "cookie", fetch });
    const { userAgent, headers } = forwarded(browser);
    return createMethods({
        ...connection,
        userAgent: async () => userAgent ?? (await connection.userAgent()),
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
    }, sendWithJar(cookies, sendWith(systemClock)));
}
/** Returns what the server learns about the browser. The browser chooses these texts, so unusual ones are cut or left out. */
function forwarded({ userAgent, address }) {
    const printable = userAgent?.replace(/[^\x20-\x7e]/g, "").slice(0, 500);
    const isAddress = typeof address === "string" && /^[\da-f.:]{2,45}$/i.test(address);
    return {
        userAgent: printable === "" ? undefined : printable,
        headers: isAddress ? { "x-forwarded-for": address } : {},
    };
}
