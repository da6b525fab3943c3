// Calls of `@projostack/sdk` that do not compile.
import { createClient } from "@projostack/sdk";

const client = createClient({ baseUrl: "http://127.0.0.1:4000" });

// @ts-expect-error a task has a title
export const refused = () => client.tasks.create({ projectId: "p" });
// @ts-expect-error there is no such operation
export const unknown = () => client.call("tasks.lst");

const withCookie = createClient({ baseUrl: "", session: "cookie" });
const signIn = () => withCookie.auth.signIn({ email: "a@b.c", password: "p" });
// @ts-expect-error the token is in a cookie
export const token = async () => (await signIn()).accessToken;
// @ts-expect-error the server renews the session
export const refresh = () => withCookie.auth.refresh({ refreshToken: "r" });
