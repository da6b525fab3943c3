// U12: every refusal that matters for security has a log line with a stable name, the address and the actor; the access log
// says who called and from where.
import { readFile } from "node:fs/promises";
import { reasons } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { securityEventOf, securityEvents } from "../../src/rpc/checks/security-events.ts";
import {
  arrive,
  call,
  foundWorkspace,
  join,
  password,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { keyOf, newTeam } from "../members/team.ts";

let server: TestServer;
let admin: Person;
let viewer: Person;
let workspaceId: string;
const secrets: string[] = [password];
beforeAll(async () => {
  server = await startTestServer({ PROJO_LIMITS: "1" });
  [admin, viewer] = await Promise.all([arrive(server, "admin"), arrive(server, "viewer")]);
  workspaceId = await foundWorkspace(admin);
  await join(server, workspaceId, viewer, "viewer");
  secrets.push(admin.token, viewer.token, admin.email, viewer.email);
});
afterAll(() => server.close());

type Line = Record<string, unknown>;
const lines = (): Line[] => server.logLines.map((line) => JSON.parse(line) as Line);

/** The lines that the work logged. */
async function during(work: () => Promise<unknown>): Promise<Line[]> {
  const before = server.logLines.length;
  await work();
  return lines().slice(before);
}

const from = { ip: "127.0.0.1" };
const forged = (token: string) => `${token.slice(0, -6)}AAAAAA`;

describe("U12 a security event has a stable name, the address and the actor", () => {
  const provoke: Record<string, readonly [work: () => Promise<unknown>, facts: () => Line]> = {
    "credential.refused": [
      () => call(server.url, "auth.me", { token: forged(admin.token) }),
      () => ({ operation: "auth.me" }),
    ],
    "password.refused": [
      () => call(server.url, "auth.signIn", { input: { email: admin.email, password: "not the right one" } }),
      () => ({ operation: "auth.signIn" }),
    ],
    "link.refused": [
      () => call(server.url, "email.verify", { input: { token: "pjo_wrong" } }),
      () => ({ operation: "email.verify" }),
    ],
    "invite.refused": [
      () => admin.call("invites.accept", { token: "pji_wrong" }),
      () => ({ operation: "invites.accept", userId: admin.id }),
    ],
    "token.reused": [
      async () => {
        const email = "reuse@example.com";
        const first = await call(server.url, "auth.signUp", { input: { email, password } });
        let { refreshToken } = first.data;
        for (let n = 0; n < 3; n += 1) {
          ({ refreshToken } = (await call(server.url, "auth.refresh", { input: { refreshToken } })).data);
        }
        await call(server.url, "auth.refresh", { input: { refreshToken: first.data.refreshToken } });
      },
      () => ({ operation: "auth.refresh" }),
    ],
    "limit.exceeded": [
      async () => {
        for (let n = 0; n < 12; n += 1) {
          await call(server.url, "auth.signIn", {
            input: { email: viewer.email, password: "a wrong password" },
          });
        }
      },
      () => ({ operation: "auth.signIn" }),
    ],
    "workspace.refused": [
      async () => viewer.call("tasks.list", {}, await foundWorkspace(await arrive(server, "other"))),
      () => ({ operation: "tasks.list", userId: viewer.id, workspaceId: expect.any(String) }),
    ],
    "origin.refused": [
      () =>
        call(server.url, "auth.me", { headers: { "x-session": "cookie", origin: "https://evil.example" } }),
      () => ({ operation: "auth.me" }),
    ],
    "permission.denied": [
      () => viewer.call("projects.create", { name: "A project" }, workspaceId),
      () => ({ operation: "projects.create", userId: viewer.id, workspaceId }),
    ],
  };

  it.each(Object.keys(securityEvents))("U12 %s", async (event) => {
    const [work, facts] = provoke[event] ?? [];
    if (!work || !facts) throw new Error(`There is no way here to provoke ${event}.`);
    const logged = await during(work);
    const requestId = expect.stringMatching(/^[\w-]{36}$/);
    expect(logged).toContainEqual(expect.objectContaining({ event, ...from, requestId, ...facts() }));
  });

  it("U12 names the service key of a denied call", async () => {
    const team = await newTeam(server);
    const key = await keyOf(team.founder, team, ["task:read"], "viewer");
    secrets.push(key.token);
    const logged = await during(() =>
      call(server.url, "projects.create", {
        token: key.token,
        workspaceId: team.id,
        input: { name: "A project" },
      }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({ event: "permission.denied", keyId: key.id, ...from }),
    );
  });

  it("a call without a credential is no event", async () => {
    const logged = await during(() => call(server.url, "auth.me"));
    expect(logged.filter(({ event }) => event !== undefined)).toEqual([]);
  });

  it("every reason of the classes 401, 403 and 429 is an event", () => {
    const silent = Object.entries(reasons)
      .filter(([, [code]]) => ["UNAUTHORIZED", "FORBIDDEN", "TOO_MANY_REQUESTS"].includes(code))
      .filter(([reason]) => securityEventOf(reason as keyof typeof reasons, true) === null);
    expect(silent).toEqual([]);
  });
});

describe("U12 the access log", () => {
  it.each(["GET", "POST"] as const)("U12 names the account and the address of a %s", async (method) => {
    const work =
      method === "GET"
        ? () => admin.call("tasks.list", {}, workspaceId)
        : () => admin.call("projects.create", { name: "A project" }, workspaceId);
    const logged = await during(work);
    expect(logged).toContainEqual(
      expect.objectContaining({ msg: "request", method, status: 200, userId: admin.id, ...from }),
    );
  });

  it("U12 names the account of a sign-in, and no account for a refused token", async () => {
    const signedIn = await during(() =>
      call(server.url, "auth.signIn", { input: { email: admin.email, password } }),
    );
    expect(signedIn).toContainEqual(expect.objectContaining({ msg: "request", userId: admin.id, ...from }));
    const refused = await during(() => call(server.url, "auth.me", { token: forged(admin.token) }));
    const [line] = refused.filter(({ msg }) => msg === "request");
    expect(line).toMatchObject({ status: 401, ...from });
    expect(line).not.toHaveProperty("userId");
  });
});

it("A3 no line holds a token, a password or an email", () => {
  const text = server.logLines.join("");
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
});

it("docs/security-events.md lists every event with its description", async () => {
  const page = await readFile(new URL("../../../../docs/security-events.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(\w+\.\w+)` *\| (.*?) *\|$/gm)].map(([, name, says]) => [name, says]);
  expect(Object.fromEntries(rows)).toEqual(securityEvents);
});
