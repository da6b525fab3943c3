// A program that uses `@projostack/sdk/server` with the Headers of the platform.
import { createServerClient, headerCookies } from "@projostack/sdk/server";

export async function page(request: Request): Promise<Response> {
  const headers = new Headers();
  const client = createServerClient({
    baseUrl: new URL("https://api.example.com"),
    cookies: headerCookies(request.headers, headers),
    browser: { userAgent: request.headers.get("user-agent") },
  });
  const { user } = await client.auth.me();
  return new Response(user.email, { headers });
}
