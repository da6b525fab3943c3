// Whoever may not join learns that they may not, and nothing of why.
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

/** The request's own id is what would differ, so each sends the same. */
const headers = { "x-request-id": "the-same" };
const accept = (token: string, as: Person = grace) =>
  call(server.url, "invites.accept", { input: { token }, token: as.token, headers });
const preview = (token: string) => call(server.url, "invites.preview", { input: { token }, headers });

/** Another admin of the workspace, who invites Grace. */
async function byAnother(name: string) {
  const inviter = await guest(server, name);
  await join(server, engines, inviter, "admin");
  await freeGrace();
  return { inviter, ...(await invite(server, inviter, { workspaceId: engines, email: grace.email })) };
}

/** Grace is in no workspace, and no invite waits for her. */
async function freeGrace(): Promise<void> {
  await server.database.owner("DELETE FROM workspace_members WHERE user_id = $1", [grace.id]);
  await server.database.owner("DELETE FROM invites WHERE email = $1", [grace.email]);
}

async function toGrace() {
  await freeGrace();
  return invite(server, ada, { workspaceId: engines, email: grace.email });
}

const random = () => `pji_${systemRandomness.bytes(32).toString("base64url")}`;

/** How a token comes not to work, for anybody. */
const dead: Readonly<Record<string, () => Promise<string>>> = {
  "that nobody gave out": async () => random(),
  "that is empty": async () => "",
  "that is too short": async () => random().slice(0, -1),
  "that is too long": async () => `${random()}A`,
  "that is 512 characters": async () => `pji_${"A".repeat(508)}`,
  "without its prefix": async () => (await toGrace()).mailed.slice(4),
  "in another case": async () => (await toGrace()).mailed.toUpperCase(),
  "with a blank behind it": async () => `${(await toGrace()).mailed} `,
  "with bits that decoding passes over": async () => {
    const { mailed } = await toGrace();
    const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(
      mailed.at(-1) ?? "",
    );
    const twin = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1] ?? "";
    return mailed.slice(0, -1) + twin;
  },
  "that is the invite's id": async () => (await toGrace()).id,
  "that is text of another kind": async () => "\u{1F600}'; DROP TABLE invites; --",
  "of an invite that expired": async () => {
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
  "of an invite that was used by its other token": async () => {
    const { mailed, token } = await toGrace();
    expect((await accept(token)).status).toBe(200);
    return mailed;
  },
  "of an invite that was revoked": async () => {
    const { id, mailed } = await toGrace();
    expect((await ada.call("invites.revoke", { id }, engines)).status).toBe(200);
    return mailed;
  },
  "of an invite that was sent again": async () => {
    const { id, token } = await toGrace();
    expect((await ada.call("invites.resend", { id }, engines)).status).toBe(200);
    return token;
  },
  "of a workspace that is deleted": async () => {
    await freeGrace();
    const looms = await foundWorkspace(ada, "Looms");
    const { mailed } = await invite(server, ada, { workspaceId: looms, email: grace.email });
    expect((await ada.call("workspaces.delete", { name: "Looms" }, looms)).status).toBe(200);
    return mailed;
  },
  "of an inviter who is an admin no more": async () => {
    const { inviter, mailed } = await byAnother("demoted");
    const change = { userId: inviter.id, role: "member" };
    expect((await ada.call("members.changeRole", change, engines)).status).toBe(200);
    return mailed;
  },
  "of an inviter who was removed": async () => {
    const { inviter, mailed } = await byAnother("removed");
    expect((await ada.call("members.remove", { userId: inviter.id }, engines)).status).toBe(200);
    return mailed;
  },
  "of an inviter who left": async () => {
    const { inviter, mailed } = await byAnother("left");
    expect((await inviter.call("workspaces.leave", { workspaceId: engines })).status).toBe(200);
    return mailed;
  },
  "of a session": async () => grace.token,
  "that refreshes a session": async () =>
    formatRefreshToken(server.keys, systemRandomness.bytes(32), {
      sessionId: grace.sessionId,
      generation: 1,
    }),
  "that verifies an address": async () =>
    formatOneTimeToken(server.keys, systemRandomness.bytes(32), {
      id: systemRandomness.newId(),
      purpose: "email.verify",
    }),
};

/** How a token that works does not work for the one who has it. */
const forAnother: Readonly<Record<string, () => Promise<{ token: string; as: Person }>>> = {
  "another person's": async () => ({ token: (await toGrace()).token, as: ada }),
  "another person's, from the mail": async () => ({
    token: (await toGrace()).mailed,
    as: await guest(server, "eve"),
  }),
  "their own, while nobody verified the address, and not from the mail": async () => {
    const mary = await arriveUnverified(server, "mary");
    const { token } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    return { token, as: mary };
  },
  "their own, of an inviter whose role was lowered past the server": async () => {
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

describe("V6 every refusal is the same, byte for byte, with its headers", () => {
  it.each(Object.keys(dead))("V6, S5 a token %s", async (name) => {
    const token = (await dead[name]?.()) ?? "";
    const same = await refused();
    expect(bytesOf(await accept(token))).toBe(same.accept);
    expect(bytesOf(await preview(token))).toBe(same.preview);
  });

  it.each(Object.keys(forAnother))("V6 an invite that is %s", async (name) => {
    const made = await forAnother[name]?.();
    if (!made) throw new Error("There is no such case.");
    expect((await preview(made.token)).status).toBe(200);
    expect(bytesOf(await accept(made.token, made.as))).toBe((await refused()).accept);
    // Nobody's place was changed by it.
    const places = await made.as.call("workspaces.get", {}, engines);
    expect(places.status).toBe(made.as === ada ? 200 : 404);
  });

  it("V6 the one that works is accepted: what is compared above is not every answer", async () => {
    const { mailed } = await toGrace();
    const same = await refused();
    expect(bytesOf(await preview(mailed))).not.toBe(same.preview);
    expect(bytesOf(await accept(mailed))).not.toBe(same.accept);
  });

  it("S5 an invite's token is no bearer's token, and opens nothing else", async () => {
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

describe("V6 the time that a refusal takes", () => {
  it("V6 does not tell a token of another person's invite from one that nobody gave out", async () => {
    const { token } = await invite(server, ada, { workspaceId: engines, email: "timed@example.com" });
    const times: Record<"unknown" | "another's", number[]> = { unknown: [], "another's": [] };
    for (let round = 0; round < 220; round += 1) {
      const unknown = await took(() => accept(random()));
      const others = await took(() => accept(token));
      // The first ones prepare statements.
      if (round < 20) continue;
      times.unknown.push(unknown);
      times["another's"].push(others);
    }
    const ratio = median(times["another's"]) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  }, 60_000);
});

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
