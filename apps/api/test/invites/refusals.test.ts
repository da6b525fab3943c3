// A refused invite token reveals nothing about the reason.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import { formatOneTimeToken, formatRefreshToken } from "../../src/identity/tokens/tokens.ts";
import {
  arriveUnverified,
  bytesOf,
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { guest, invite } from "./guests.ts";

let server: TestServer;
let ada: Person;
let grace: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await guest(server, "ada");
  grace = await guest(server, "grace");
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

/** Every request sends the same request id, because responses with different ids would differ. */
const headers = { "x-request-id": "the-same" };
const accept = (token: string, as: Person = grace) =>
  call(server.url, "invites.accept", { input: { token }, token: as.token, headers });
const preview = (token: string) => call(server.url, "invites.preview", { input: { token }, headers });

/** Creates another admin of the workspace, who invites Grace. */
async function byAnother(name: string) {
  const inviter = await guest(server, name);
  await join(server, engines, inviter, "admin");
  await freeGrace();
  return { inviter, ...(await invite(server, inviter, { workspaceId: engines, email: grace.email })) };
}

/** Removes Grace from every workspace and deletes her invites. */
async function freeGrace(): Promise<void> {
  await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [grace.id]);
  await server.database.owner("DELETE FROM invites WHERE email = $1", [grace.email]);
}

async function toGrace() {
  await freeGrace();
  return invite(server, ada, { workspaceId: engines, email: grace.email });
}

const random = () => `pji_${systemRandomness.bytes(32).toString("base64url")}`;

/** Tokens that work for nobody, by the end of the test's title. */
const deadTokens: Readonly<Record<string, () => Promise<string>>> = {
  "that was never issued": async () => random(),
  "that is empty": async () => "",
  "that is too short": async () => random().slice(0, -1),
  "that is too long": async () => `${random()}A`,
  "that is 512 characters": async () => `pji_${"A".repeat(508)}`,
  "without its prefix": async () => (await toGrace()).mailed.slice(4),
  "in another case": async () => (await toGrace()).mailed.toUpperCase(),
  "with a space at the end": async () => `${(await toGrace()).mailed} `,
  "with other unused bits in its last character": async () => {
    const { mailed } = await toGrace();
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(
      mailed.at(-1) ?? "",
    );
    const other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1] ?? "";
    return mailed.slice(0, -1) + other;
  },
  "that is the invite's id": async () => (await toGrace()).id,
  "that is text of another kind": async () => "\u{1F600}'; DROP TABLE invites; --",
  "of an expired invite": async () => {
    const { id, mailed } = await toGrace();
    await server.database.owner(
      "UPDATE invites SET expires_at = now() - interval '1 millisecond' WHERE id = $1",
      [id],
    );
    return mailed;
  },
  "that was used": async () => {
    const { mailed } = await toGrace();
    expect((await accept(mailed)).status).toBe(200);
    return mailed;
  },
  "of an invite that was accepted with its other token": async () => {
    const { mailed, token } = await toGrace();
    expect((await accept(token)).status).toBe(200);
    return mailed;
  },
  "of a revoked invite": async () => {
    const { id, mailed } = await toGrace();
    expect((await ada.call("invites.revoke", { id }, engines)).status).toBe(200);
    return mailed;
  },
  "of an invite that was resent": async () => {
    const { id, token } = await toGrace();
    expect((await ada.call("invites.resend", { id }, engines)).status).toBe(200);
    return token;
  },
  "of a deleted workspace": async () => {
    await freeGrace();
    const looms = await foundWorkspace(ada, "Looms");
    const { mailed } = await invite(server, ada, { workspaceId: looms, email: grace.email });
    expect((await ada.call("workspaces.delete", { name: "Looms" }, looms)).status).toBe(200);
    return mailed;
  },
  "of a demoted inviter": async () => {
    const { inviter, mailed } = await byAnother("demoted");
    const change = { userId: inviter.id, role: "member" };
    expect((await ada.call("members.changeRole", change, engines)).status).toBe(200);
    return mailed;
  },
  "of a removed inviter": async () => {
    const { inviter, mailed } = await byAnother("removed");
    expect((await ada.call("members.remove", { userId: inviter.id }, engines)).status).toBe(200);
    return mailed;
  },
  "of an inviter who left": async () => {
    const { inviter, mailed } = await byAnother("left");
    expect((await inviter.call("workspaces.leave", { workspaceId: engines })).status).toBe(200);
    return mailed;
  },
  "that is an access token": async () => grace.token,
  "that is a refresh token": async () =>
    formatRefreshToken(server.keys, systemRandomness.bytes(32), {
      sessionId: grace.sessionId,
      generation: 1,
    }),
  "that is a mailed one-time token": async () =>
    formatOneTimeToken(server.keys, systemRandomness.bytes(32), {
      id: systemRandomness.newId(),
      purpose: "email.verify",
    }),
};

/** Valid tokens that do not work for the given user, by the end of the test's title. */
const validTokens: Readonly<Record<string, () => Promise<{ token: string; as: Person }>>> = {
  "for another user": async () => ({ token: (await toGrace()).token, as: ada }),
  "for another user, with the mailed token": async () => ({
    token: (await toGrace()).mailed,
    as: await guest(server, "eve"),
  }),
  "for an unverified address, with the inviter's token": async () => {
    const mary = await arriveUnverified(server, "mary");
    const { token } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    return { token, as: mary };
  },
  "of an inviter whose role was lowered in the database": async () => {
    const { inviter, token } = await byAnother("lowered");
    await server.database.owner("UPDATE workspace_members SET role = 'member' WHERE user_id = $1", [
      inviter.id,
    ]);
    return { token, as: grace };
  },
};

async function refused(): Promise<{ accept: string; preview: string }> {
  const [accepted, previewed] = await Promise.all([accept(random()), preview(random())]);
  for (const answer of [accepted, previewed]) {
    expect(answer).toMatchObject({ status: 404, error: { reason: "invite.invalid" } });
  }
  return { accept: bytesOf(accepted), preview: bytesOf(previewed) };
}

describe("Every refusal has the same body and headers, byte for byte:", () => {
  it.each(Object.keys(deadTokens))("V6, S5 a token %s", async (name) => {
    const token = (await deadTokens[name]?.()) ?? "";
    const same = await refused();
    expect(bytesOf(await accept(token))).toBe(same.accept);
    expect(bytesOf(await preview(token))).toBe(same.preview);
  });

  it.each(Object.keys(validTokens))("V6 an invite %s", async (name) => {
    const made = await validTokens[name]?.();
    if (!made) throw new Error("There is no such case.");
    expect((await preview(made.token)).status).toBe(200);
    expect(bytesOf(await accept(made.token, made.as))).toBe((await refused()).accept);
    // The call changed no membership.
    const workspace = await made.as.call("workspaces.get", {}, engines);
    expect(workspace.status).toBe(made.as === ada ? 200 : 404);
  });

  it("V6 a valid token gets a different response, so the comparison is meaningful", async () => {
    const { mailed } = await toGrace();
    const same = await refused();
    expect(bytesOf(await preview(mailed))).not.toBe(same.preview);
    expect(bytesOf(await accept(mailed))).not.toBe(same.accept);
  });

  it("S5 an invite token works as no other kind of token", async () => {
    const { mailed, token } = await toGrace();
    for (const one of [mailed, token]) {
      expect((await call(server.url, "auth.me", { token: one })).status).toBe(401);
      expect((await call(server.url, "email.verify", { input: { token: one } })).status).toBe(401);
      expect((await call(server.url, "auth.refresh", { input: { refreshToken: one } })).status).toBe(401);
    }
  });
});

const took = async (attempt: () => Promise<Answer>) => {
  const begun = performance.now();
  expect((await attempt()).status).toBe(404);
  return performance.now() - begun;
};

describe("The duration of a refusal", () => {
  it("V6 hides whether a token belongs to another user's invite or was never issued", async () => {
    const { token } = await invite(server, ada, { workspaceId: engines, email: "timed@example.com" });
    const times: Record<"unknown" | "foreign", number[]> = { unknown: [], foreign: [] };
    for (let round = 0; round < 220; round += 1) {
      const unknown = await took(() => accept(random()));
      const others = await took(() => accept(token));
      // The first calls prepare statements.
      if (round < 20) continue;
      times.unknown.push(unknown);
      times.foreign.push(others);
    }
    const ratio = median(times.foreign) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });
});

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
