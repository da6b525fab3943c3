import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, type Shell } from "./kit.ts";
import { invite, jsonOf, mailedToken, openVerified, openVerifiedAdmin } from "./people.ts";

let server: TestServer;
/** The admin who invites Bob. */
let ann: Shell;
let bob: Shell;
let bobsEmail: string;
let rounds = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  rounds += 1;
  bobsEmail = `bob${rounds}@example.com`;
  ann = await openVerifiedAdmin(server, `ann${rounds}@example.com`);
  bob = await openVerified(server, bobsEmail);
});

afterEach(async () => {
  await ann.close();
  await bob.close();
});

const decline = ["invites", "decline"];

/** Expects nothing on stdout. @returns the exit code and the last line on stderr */
async function refused(shell: Shell, argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  const last = err.trimEnd().split("\n").at(-1);
  return [code, last?.replace(/^projo: /, "")];
}

const statuses = async () =>
  (await jsonOf<{ items: { status: string }[] }>(ann, "invites", "list")).items.map(({ status }) => status);

async function ownInvite(): Promise<string> {
  const { items } = await jsonOf<{ items: { id: string }[] }>(bob, "invites", "mine");
  return items[0]?.id ?? "";
}

const INVALID =
  "You cannot use this invite: it is invalid, used, revoked or expired, or it is for another address. Sign in with the invited address, use the link in the mail, or ask for a new invite. To see your address and whether it is verified, run: projo whoami";

describe("invites decline", () => {
  it("declines an invite by its id from the list of own invites, and the admin sees it", async () => {
    await invite(ann, bobsEmail);
    const id = await ownInvite();
    const mine = await expectDone(bob.projo(["invites", "mine"]));
    expect(mine.out).toMatch(new RegExp(`^${id}\tAcme\tmember\tann${rounds}@example.com\t\\S+Z$`, "m"));
    expect((await expectDone(bob.projo([...decline, id]))).err).toBe("You declined the invite.\n");
    expect(await statuses()).toEqual(["declined"]);
    const listed = await jsonOf<{ items: object[] }>(ann, "invites", "list", "--status", "declined");
    expect(listed.items).toMatchObject([{ id, email: bobsEmail }]);
    expect((await expectDone(bob.projo(["invites", "mine"]))).err).toContain("You have no pending invites.");
  });

  it("declines again with the same answer, by the id and by the token", async () => {
    await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    const id = await ownInvite();
    expect(await refused(bob, [...decline, "ffff"])).toEqual([
      1,
      'There is no pending invite "ffff". See: projo invites mine',
    ]);
    const first = await jsonOf<object>(bob, ...decline, id.slice(0, 13).toUpperCase());
    expect(first).toEqual({
      id,
      workspaceId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      declinedAt: expect.stringMatching(/Z$/) as string,
    });
    const again = await expectDone(bob.projo([...decline, "--stdin", "--json"], { stdin: token }));
    expect(JSON.parse(again.out)).toEqual(first);
    expect(await refused(bob, ["invites", "accept", "--stdin"], { stdin: token })).toEqual([1, INVALID]);
  });

  it("shows the invite and asks for confirmation in a terminal", async () => {
    const link = await invite(ann, bobsEmail);
    const unsure = await bob.projo(decline, {
      types: [
        ["Token or link", `${link}\r`],
        ["Decline the invite to the workspace Acme", "n"],
      ],
    });
    expect(unsure.code).toBe(1);
    expect(unsure.err).toContain("You have not declined the invite. It is still valid.");
    expect(await statuses()).toEqual(["pending"]);
    const { err } = await expectDone(
      bob.projo(decline, {
        types: [
          ["Token or link", `${link}\r`],
          ["Decline the invite to the workspace Acme", "y"],
        ],
      }),
    );
    expect(err).toContain(`invites ${bobsEmail} to the workspace Acme, as member`);
    expect(err).toContain("You declined the invite.");
    expect(await statuses()).toEqual(["declined"]);
  });

  it("V6 refuses an invite of another user, an unknown id and a wrong token with the same error", async () => {
    const link = await invite(ann, bobsEmail);
    const id = await ownInvite();
    const eve = await openVerified(server, `eve${rounds}@example.com`);
    try {
      expect(await refused(eve, [...decline, id])).toEqual([1, INVALID]);
      expect(await refused(eve, [...decline, "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"])).toEqual([1, INVALID]);
      expect(await refused(eve, [...decline, "--stdin"], { stdin: link })).toEqual([1, INVALID]);
      const { code, err } = await eve.projo(decline, { types: [["Token or link", `${link}\r`]] });
      expect(code).toBe(1);
      expect(err).toContain(
        `This invite is for ${bobsEmail}, but you are signed in as eve${rounds}@example.com. Run: projo login ${bobsEmail}`,
      );
    } finally {
      await eve.close();
    }
    expect(await statuses()).toEqual(["pending"]);
  });

  it("A3 refuses a token as an argument, and does not print it", async () => {
    const link = await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    for (const text of [link, token, "nothing"]) {
      const [code, message] = await refused(bob, [...decline, text]);
      expect(code).toBe(2);
      expect(message).toContain("This is not the id of an invite. See: projo invites mine.");
      expect(message).not.toContain("pji_");
    }
    const id = await ownInvite();
    expect(await refused(bob, [...decline, id, "--stdin"], { stdin: token })).toEqual([
      2,
      "Name the invite by its id or use --stdin, not both.",
    ]);
    expect(await refused(bob, decline)).toEqual([
      2,
      "There is no terminal to ask for the token. Pipe it in with --stdin.",
    ]);
    expect(await statuses()).toEqual(["pending"]);
  });

  it("needs a signed-in user", async () => {
    const nobody = await openShell(server.url);
    try {
      const [code, message] = await refused(nobody, [...decline, "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"]);
      expect(code).toBe(4);
      expect(message).toContain("projo login");
    } finally {
      await nobody.close();
    }
    const { out: key } = await expectDone(ann.projo(["keys", "create", "deploy", "--scopes", "task:read"]));
    const env = { PROJO_TOKEN: key.trim() };
    const [, message] = await refused(bob, [...decline, "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11"], { env });
    expect(message).toContain("A service key cannot do this");
  });
});
