// Mutants of cross-origin resource sharing. The attacks decide as a browser does, from the headers of the answers.
import { randomBytes } from "node:crypto";
import type { Heard } from "../../../equality/exchange.ts";
import { APP, askFrom, FOREIGN, permissionIn, varyIn } from "../../../cors/origins.ts";
import type { TestServer } from "../../../kit/index.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Settings of the mutants' servers. */
export const crossOriginEnv = { PROJO_ALLOWED_ORIGINS: APP } as const;

const health = { method: "GET", path: "/trpc/system.health", headers: {} };
const isReadable = ({ headers }: Heard, origin: string): boolean => {
  const allowed = permissionIn(headers)["access-control-allow-origin"];
  return allowed === origin || allowed === "*";
};

const preflight = (server: TestServer, origin: string, headers: string): Promise<Heard> =>
  askFrom(server, origin, {
    method: "OPTIONS",
    path: "/trpc/auth.signIn",
    headers: { "access-control-request-method": "POST", "access-control-request-headers": headers },
  });

/** Whether a browser sends a request of the page with this header. */
async function permitsHeader(server: TestServer, origin: string, name: string): Promise<boolean> {
  const answer = await preflight(server, origin, name);
  const permitted = permissionIn(answer.headers)["access-control-allow-headers"] ?? "";
  return answer.status === 204 && isReadable(answer, origin) && permitted.split(", ").includes(name);
}

const reads: Attack = {
  title: "a page of a foreign origin reads an answer",
  tryOn: async (server) => isReadable(await askFrom(server, FOREIGN, health), FOREIGN),
};

const readsWithCredentials: Attack = {
  title: "a page of a foreign origin reads an answer to a request with credentials",
  tryOn: async (server) => {
    const permission = permissionIn((await askFrom(server, FOREIGN, health)).headers);
    return (
      permission["access-control-allow-origin"] === FOREIGN &&
      permission["access-control-allow-credentials"] === "true"
    );
  },
};

const sendsToken: Attack = {
  title: "a page of a foreign origin sends a token",
  tryOn: (server) => permitsHeader(server, FOREIGN, "authorization"),
};

const setsAddress: Attack = {
  title: "a page of an allowed origin sets the address of its requests",
  tryOn: (server) => permitsHeader(server, APP, "x-forwarded-for"),
};

const cached: Attack = {
  title: "a cache gives the answer for one origin to a page of another origin",
  tryOn: async (server) => {
    const answers = await Promise.all([undefined, APP, FOREIGN].map((one) => askFrom(server, one, document)));
    return answers.some(({ headers }) => !varyIn(headers).includes("origin"));
  },
};
const document = { method: "GET", path: "/.well-known/projo-audit-keys.json", headers: {} };

const starts = (title: string, env: Readonly<Record<string, string>>): Attack => ({
  title,
  tryOn: (server) => Promise.resolve(server.problemOf(env) === null),
});

const opaqueOrigin = starts("a server starts with an entry that allows the origin null", {
  PROJO_ALLOWED_ORIGINS: "capacitor://localhost",
});

const plainOrigin = starts("a server in production allows an origin without TLS", {
  PROJO_ENV: "production",
  PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
  PROJO_SMTP_URL: "smtps://user:secret@mail.example.com",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
  PROJO_ALLOWED_ORIGINS: "http://app.example.com",
});

const file = "apps/api/src/http/cross-origin/cross-origin.ts";

const onlyAllowed = guard("only an allowed origin is permitted to read an answer", file, [
  "permissions.get(origin) ?? NO_PERMISSION",
  '({ ...[...permissions.values()][0], "access-control-allow-origin": origin })',
]);
const onlyAllowedPreflights = guard("only the preflights of an allowed origin are answered", file, [
  'permissions.has(headers.origin ?? "")',
  'headers.origin !== ""',
]);

export const crossOrigin: readonly Mutant[] = [
  { removed: [onlyAllowed], succeeds: [reads, readsWithCredentials], stillBlocked: [sendsToken] },
  { removed: [onlyAllowedPreflights], succeeds: [], stillBlocked: [sendsToken] },
  { removed: [onlyAllowed, onlyAllowedPreflights], succeeds: [reads, readsWithCredentials, sendsToken] },
  {
    removed: [
      guard("no other origin is permitted to read an answer without credentials", file, [
        "permissions.get(origin) ?? NO_PERMISSION",
        'permissions.get(origin) ?? { "access-control-allow-origin": "*" }',
      ]),
    ],
    succeeds: [reads],
    stillBlocked: [readsWithCredentials],
  },
  {
    removed: [
      guard(
        "pages are not permitted to set headers of a proxy",
        "apps/api/src/http/cross-origin/request-headers.ts",
        ['setter === "page"', 'setter !== "browser"'],
      ),
    ],
    succeeds: [setsAddress],
  },
  {
    removed: [
      guard(
        "every answer depends on the origin for caches",
        "apps/api/src/http/cross-origin/cross-origin-response.ts",
        [
          "crossOrigin.permit(this.req.headers.origin), { vary }",
          "crossOrigin.permit(this.req.headers.origin)",
        ],
      ),
    ],
    succeeds: [cached],
  },
  {
    removed: [
      guard("an allowed origin has the scheme https or http", "apps/api/src/config/allowed-origins.ts", [
        "if (!/^https?$/i.test(scheme))",
        'if (scheme === "")',
      ]),
    ],
    succeeds: [opaqueOrigin],
  },
  {
    removed: [
      guard("allowed origins require HTTPS in production", "apps/api/src/config/unsafe-settings.ts", [
        ".filter((origin) => !isEncrypted(origin))",
        ".filter((origin) => origin === '')",
      ]),
    ],
    succeeds: [plainOrigin],
  },
];
