// Texts that all tabs of a site share, in IndexedDB. Its transactions are ordered across all tabs. Those of localStorage are not:
// Chromium shows a text to another tab some time after it was written, so that this tab would refresh the session once more.
import { BrowserStoreError, explained } from "./browser-store-error.js";
import { page } from "./page.js";
const DATABASE = "projostack";
const STORE = "texts";
/** Opens the texts. Does not access the database. */
export function siteTexts() {
    let opened;
    const database = () => {
        opened ??= open(() => {
            opened = undefined;
        }).catch((error) => {
            opened = undefined;
            throw error;
        });
        return opened;
    };
    const run = async (mode, work) => {
        try {
            return await inTransaction(await database(), mode, work);
        }
        catch (error) {
            throw explained(error);
        }
    };
    return {
        get: async (key) => {
            if (isOnServer())
                return undefined;
            const text = await run("readonly", (store) => resultOf(store.get(key)));
            return typeof text === "string" ? text : undefined;
        },
        set: (key, text) => run("readwrite", (store) => done(store.put(text, key))),
        remove: (key) => run("readwrite", (store) => done(store.delete(key))),
        replace: (key, next) => run("readwrite", (store) => {
            let isKept = true;
            const request = store.get(key);
            request.addEventListener("success", () => {
                const { result } = request;
                const text = next(typeof result === "string" ? result : undefined);
                isKept = text === undefined;
                if (text === null)
                    store.delete(key);
                else if (text !== undefined)
                    store.put(text, key);
            });
            return () => isKept;
        }),
    };
}
/** A page has a document, and a worker of a page has a database. */
const isOnServer = () => page().indexedDB === undefined && page().document === undefined;
const resultOf = (request) => () => request.result;
const done = (_request) => () => undefined;
function inTransaction(database, mode, work) {
    return new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const result = work(transaction.objectStore(STORE));
        transaction.addEventListener("complete", () => resolve(result()));
        transaction.addEventListener("abort", () => reject(asError(transaction.error)));
    });
}
function open(onClosed) {
    return new Promise((resolve, reject) => {
        const { indexedDB } = page();
        if (!indexedDB)
            throw notInBrowser();
        const request = indexedDB.open(DATABASE, 1);
        request.addEventListener("upgradeneeded", () => void request.result.createObjectStore(STORE));
        request.addEventListener("error", () => reject(asError(request.error)));
        request.addEventListener("success", () => {
            const { result } = request;
            // The user removes the data of the site, or a newer version of the SDK changes the database.
            result.addEventListener("versionchange", () => {
                result.close();
                onClosed();
            });
            result.addEventListener("close", onClosed);
            resolve(result);
        });
    });
}
const asError = (error) => error instanceof Error ? error : new Error("The browser ended the access to its database.");
const notInBrowser = () => new BrowserStoreError("browserTokenStore keeps a session in a browser with IndexedDB. On a server, create a client with a store for each request.", "blocked");
