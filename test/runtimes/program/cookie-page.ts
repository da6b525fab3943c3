// Gives the tests access to a client whose session is in a cookie, in a page of a browser.
import { createClient } from "@projostack/sdk";

const cookiePage = { client: createClient({ baseUrl: "", session: "cookie" }) };

export type CookiePage = typeof cookiePage;

Object.assign(globalThis, { cookiePage: () => cookiePage });
