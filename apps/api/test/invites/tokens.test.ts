// The two tokens of an invite: storage, expiry, and the hosts of their links.
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashOfInviteToken } from "../../src/identity/tokens/invite-tokens.ts";
import {
  call,
  eventually,
  foundWorkspace,
  mailFor,
  mailsOf,
  startTestServer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { tablesContaining } from "./tables-containing.ts";
import { guest, invite, sentInvite } from "./guests.ts";

const appUrl = "https://app.example.com/projo";

let server: TestServer;
let ada: Person;
let engines: string;
beforeAll(async () => {
  server = await startTestServer({ PROJO_APP_URL: appUrl, PROJO_LOG_LEVEL: "debug" }, { shortPauses: true });
  ada = await guest(server, "ada");
  engines = await foundWorkspace(ada);
});
afterAll(() => server.close());

const preview = (token: string) => call(server.url, "invites.preview", { input: { token } });

describe("A stored invite", () => {
  it("V2 leaves neither token in a table or in the log, after creation, mailing, resend and acceptance", async () => {
    const grace = await guest(server, "grace");
    const first = await invite(server, ada, { workspaceId: engines, email: grace.email });
    const tokens = [first.token, first.mailed];
    const expectNoneAtRest = async () => {
      for (const token of tokens) {
        expect(await tablesContaining(server.database, token)).toEqual([]);
        expect(server.logLines.filter((line) => line.includes(token.slice(4)))).toEqual([]);
      }
    };
    await expectNoneAtRest();
    expect((await mailFor(server, grace.email)).token).toBe(first.mailed);
    await eventually(async () => {
      const waiting = await server.database.owner("SELECT FROM mail_outbox WHERE status = 'pending'");
      return waiting.length === 0;
    });
    await expectNoneAtRest();
    const again = await ada.call("invites.resend", { id: first.id }, engines);
    const second = await sentInvite(server, again);
    tokens.push(second.token, second.mailed);
    expect((await mailFor(server, grace.email, 2)).token).toBe(second.mailed);
    await expectNoneAtRest();
    expect((await grace.call("invites.accept", { token: second.mailed })).status).toBe(200);
    await expectNoneAtRest();
    expect(new Set(tokens).size).toBe(4);
  });

  it("V2 would reveal a token to the search of this test, in any form", async () => {
    const { token } = await invite(server, ada, { workspaceId: engines, email: "found@example.com" });
    const secret = Buffer.from(token.slice(4), "base64url");
    await server.database.owner("CREATE TABLE samples (word TEXT, bytes BYTEA, facts JSONB, words TEXT[])");
    const forms: [string, unknown][] = [
      ["word", token],
      ["word", `x ${token.slice(4)} y`],
      ["word", secret.toString("base64")],
      ["word", secret.toString("hex").toUpperCase()],
      ["bytes", secret],
      ["bytes", Buffer.from(token)],
      ["bytes", Buffer.from(secret.toString("hex"))],
      ["facts", JSON.stringify({ link: `https://x/#token=${token}` })],
      ["words", ["a", token]],
    ];
    for (const [column, value] of forms) {
      await server.database.owner(`INSERT INTO samples (${column}) VALUES ($1)`, [value]);
      expect(await tablesContaining(server.database, token), column).toEqual(["samples"]);
      await server.database.owner("DELETE FROM samples");
    }
    await server.database.owner("DROP TABLE samples");
  });

  it("V2 contains the SHA-256 of both tokens, which have 32 bytes each", async () => {
    const { id, token, mailed } = await invite(server, ada, {
      workspaceId: engines,
      email: "hash@example.com",
    });
    for (const one of [token, mailed]) expect(one).toMatch(/^pji_[\w-]{43}$/);
    const [row] = await server.database.owner(
      "SELECT token_hash, mailed_token_hash FROM invites WHERE id = $1",
      [id],
    );
    expect(row).toEqual({
      token_hash: hashOfInviteToken(token),
      mailed_token_hash: hashOfInviteToken(mailed),
    });
  });
});

describe("A resent invite", () => {
  it("V4 accepts its new tokens and refuses both old ones", async () => {
    const joan = await guest(server, "joan");
    const old = await invite(server, ada, { workspaceId: engines, email: joan.email });
    for (const token of [old.token, old.mailed]) expect((await preview(token)).status).toBe(200);
    const renewed = await sentInvite(server, await ada.call("invites.resend", { id: old.id }, engines));
    expect(renewed.id).toBe(old.id);
    for (const token of [old.token, old.mailed]) {
      expect((await preview(token)).error?.reason).toBe("invite.invalid");
      expect((await joan.call("invites.accept", { token })).error?.reason).toBe("invite.invalid");
    }
    for (const token of [renewed.token, renewed.mailed]) expect((await preview(token)).status).toBe(200);
    expect((await joan.call("invites.accept", { token: renewed.token })).status).toBe(200);
  });

  it("V4 cannot be resent after its acceptance", async () => {
    const mary = await guest(server, "mary");
    const { id, token } = await invite(server, ada, { workspaceId: engines, email: mary.email });
    await mary.call("invites.accept", { token });
    const answer = await ada.call("invites.resend", { id }, engines);
    expect(answer).toMatchObject({ status: 404, error: { reason: "invite.not_found" } });
  });

  it("V4 accepts the tokens of exactly one of 20 concurrent resends", async () => {
    const { id } = await invite(server, ada, { workspaceId: engines, email: "busy@example.com" });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ada.call("invites.resend", { id }, engines)),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const open = await Promise.all(answers.map(({ data }) => preview(String(data.token))));
    expect(open.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe("The host of an invite link", () => {
  it("V9 comes from the configuration and never from request headers, in the mail and in the response", async () => {
    const email = "mallory@example.com";
    const created = await forged("invites.create", { email });
    await mailFor(server, email);
    const resent = await forged("invites.resend", { id: created.id });
    await mailFor(server, email, 2);
    const mails = (await mailsOf(server)).filter(({ headers }) => headers.get("to") === email);
    const links = [created.link, resent.link, ...mails.map(({ link }) => link)];
    expect(links.map((link) => link.replace(/#token=pji_[\w-]{43}$/, "#"))).toEqual(
      links.map(() => `${appUrl}/accept-invite#`),
    );
    expect(links).toHaveLength(4);
    for (const { text, html } of mails) {
      expect(text + html).not.toContain("evil");
      expect(text + html).not.toContain(server.url);
    }
  });

  it("V9 defaults to the address on which the server listens", async () => {
    const plain = await startTestServer({}, { shortPauses: true });
    try {
      const eve = await guest(plain, "eve");
      const looms = await foundWorkspace(eve, "Looms");
      const { link } = await invite(plain, eve, { workspaceId: looms, email: "x@example.com" });
      expect(link).toMatch(new RegExp(`^${plain.url}/accept-invite#token=`));
    } finally {
      await plain.close();
    }
  });
});

/** Sends a call with headers that claim another host. `fetch` cannot forge all of them. */
async function forged(operation: string, input: unknown): Promise<{ id: string; link: string }> {
  const headers = {
    authorization: `Bearer ${ada.token}`,
    "x-workspace-id": engines,
    host: "evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    forwarded: "host=evil.example;proto=http",
    "x-original-url": "https://evil.example/",
    origin: "https://evil.example",
    referer: "https://evil.example/",
    "content-type": "application/json",
  };
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(`${server.url}/trpc/${operation}`, { method: "POST", headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (piece: string) => (body += piece));
      response.once("end", () => resolve(body));
    });
    sent.once("error", reject).end(JSON.stringify(input));
  });
  return (JSON.parse(text) as { result: { data: { id: string; link: string } } }).result.data;
}
