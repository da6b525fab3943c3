import { formatSetCookie } from "./set-cookie.js";
/**
 * Creates a cookie jar over the `Headers` of a request and of its response, for frameworks without cookies of their own: Remix,
 * React Router, Deno, workers. Without the headers of the response, it cannot set cookies.
 *
 * @example
 * const headers = new Headers();
 * const client = createServerClient({ baseUrl, cookies: headerCookies(request.headers, headers) });
 * const { user } = await client.auth.me();
 * return Response.json({ user }, { headers });
 */
export function headerCookies(request, response) {
    const get = (name) => request
        .get("cookie")
        ?.split(";")
        .map((pair) => pair.trim())
        .find((pair) => pair.startsWith(`${name}=`))
        ?.slice(name.length + 1);
    if (response === undefined)
        return { get };
    return {
        get,
        set: (name, value, attributes) => {
            response.append("set-cookie", formatSetCookie(name, value, attributes));
            // A cache must not give the cookie to another user.
            response.set("cache-control", "private, no-store");
        },
    };
}
