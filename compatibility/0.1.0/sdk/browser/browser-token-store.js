import { formatTokens, parseTokens } from "../session/stored-tokens.js";
import { sessionChanges } from "./session-changes.js";
import { siteTexts } from "./site-texts.js";
import { tabLock } from "./tab-lock.js";
/**
 * Creates a store that keeps the tokens of a session in IndexedDB. All tabs and workers of the site share the session and refresh it
 * once. Every script of the site can read the tokens, so read the guide about browsers first. On a server, the store is empty.
 * The methods reject with a {@link BrowserStoreError} if the browser does not store the tokens.
 *
 * @example
 * const tokens = browserTokenStore();
 * const client = createClient({ baseUrl, tokens });
 * tokens.onChange(({ isSignedIn }) => (isSignedIn ? location.reload() : location.assign("/sign-in")));
 *
 * @throws TypeError when the name is empty
 */
export function browserTokenStore({ name = "default" } = {}) {
    if (typeof name !== "string" || name === "")
        throw new TypeError("name must be a text that is not empty.");
    const key = `projostack:session:${name}`;
    const texts = siteTexts();
    const read = async () => {
        const text = await texts.get(key);
        // The user and other scripts can change the text. Then the user signs in again.
        return text === undefined ? undefined : (parseTokens(text) ?? undefined);
    };
    const changes = sessionChanges(key, read);
    return Object.freeze({
        get: read,
        set: async (tokens) => {
            await texts.set(key, formatTokens(tokens));
            changes.changed();
        },
        clear: async () => {
            await texts.remove(key);
            changes.changed();
        },
        lock: tabLock(key, texts),
        onChange: changes.subscribe,
    });
}
