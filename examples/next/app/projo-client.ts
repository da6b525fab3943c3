import { isReason } from "@projostack/sdk";
import { createServerClient } from "@projostack/sdk/server";
import { cookies, headers } from "next/headers";

const baseUrl = process.env["PROJO_URL"] ?? "http://127.0.0.1:4000";

/** Creates a client with the session of the browser whose request is answered. */
export async function createProjoClient() {
  const requestHeaders = await headers();
  const browser = {
    userAgent: requestHeaders.get("user-agent"),
    // The last address is that of the browser, added by the proxy before Next.js.
    address: requestHeaders.get("x-forwarded-for")?.split(",").at(-1)?.trim(),
  };
  return createServerClient({ baseUrl, cookies: await cookies(), browser });
}

export function isSignedOut(error: unknown): boolean {
  return isReason(error, "auth.unauthenticated") || isReason(error, "auth.token_reused");
}
