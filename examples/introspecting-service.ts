// A service that shares its users with a ProjoStack server. Users send it their access token. It asks the server for the
// user of the token and whether that user may change tasks.
//
//   PROJO_TOKEN  a service key with the scope token:introspect
//   PROJO_URL    the URL of the server (default: http://127.0.0.1:4000)
//   PORT         the port to listen on (default: a free port)
import { createServer, type IncomingMessage } from "node:http";
import { createClient, isProjoError } from "@projostack/sdk";

const { PROJO_TOKEN: key, PROJO_URL: baseUrl = "http://127.0.0.1:4000", PORT: port = "0" } = process.env;
if (!key) {
  console.error("Set PROJO_TOKEN to a service key with the scope token:introspect.");
  process.exit(1);
}
const { tokens } = createClient({ baseUrl, token: key });

const server = createServer((request, response) => {
  void answerTo(request).then(({ status, body }) => {
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  });
});
server.listen(Number(port), "127.0.0.1", () => {
  const address = server.address();
  console.log(`listens on http://127.0.0.1:${typeof address === "object" ? address?.port : port}`);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => server.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function answerTo({ headers }: IncomingMessage): Promise<Answer> {
  const [, token] = /^bearer ([\w.~+/=-]{1,512})$/i.exec(headers.authorization ?? "") ?? [];
  if (token === undefined) return { status: 401, body: { error: "Send your access token." } };
  try {
    // Introspect the token at each request, so that a removed or signed-out user is refused from the next request on.
    const { active, allowed, user, role } = await tokens.introspect({ token, permission: "task:write" });
    if (!active)
      return { status: 401, body: { error: "This access token is invalid or expired. Sign in again." } };
    if (!allowed) return { status: 403, body: { error: "You may not change tasks." } };
    return { status: 200, body: { hello: user?.email, role } };
  } catch (error) {
    if (!isProjoError(error)) throw error;
    // The failure is internal, not the caller's fault. Log the details and do not send them to the caller.
    console.error(
      `${error.operation} failed: ${error.reason ?? error.code}, request ${error.requestId ?? "unknown"}`,
    );
    return { status: 503, body: { error: "Try again in a moment." } };
  }
}
