import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";
import { invite, jsonOf, mailedToken, openMember, openVerified, openVerifiedAdmin } from "./people.ts";
import { storedServer } from "./stored-tokens.ts";

let server: TestServer;
/** The admin. */
let ann: Shell;
const opened: Shell[] = [];
let rounds = 0;
let annsEmail: string;
let bobsEmail: string;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  rounds += 1;
  annsEmail = `ann${rounds}@example.com`;
  bobsEmail = `bob${rounds}@example.com`;
  ann = await keep(openVerifiedAdmin(server, annsEmail));
});

afterEach(async () => {
  for (const shell of opened.splice(0)) await shell.close();
});

async function keep(opening: Promise<Shell>): Promise<Shell> {
  const shell = await opening;
  opened.push(shell);
  return shell;
}

const projo = (...argv: string[]) => expectDone(ann.projo(argv));
const accept = ["invites", "accept", "--stdin"];

/** A refusal is nothing on stdout and its words on stderr, of which the last line says why. */
async function refused(shell: Shell, argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  return [
    code,
    err
      .trimEnd()
      .split("\n")
      .at(-1)
      ?.replace(/^projo: /, ""),
  ];
}

const INVALID =
  "You cannot use this invite: it is invalid, used, revoked or expired, or it is for another address. Sign in with the invited address, use the link in the mail, or ask for a new invite. Who you are, and whether your address is verified: projo whoami";

describe("an invite", () => {
  it("prints its link alone on stdout, and says that a mail is sent", async () => {
    const { out, err } = await projo("invites", "create", bobsEmail, "--role", "viewer");
    expect(out).toMatch(/^https?:\/\/\S+\/invite#token=pji_[\w-]{43}\n$/);
    expect(err).toMatch(
      new RegExp(`^Invited ${bobsEmail} as viewer, until \\d{4}-.*Z\\. A mail is on its way to them\\.`),
    );
    expect(err).not.toContain("pji_");
    const other = await jsonOf(ann, "invites", "create", "cyd@example.com");
    expect(other).toMatchObject({ email: "cyd@example.com", role: "member", status: "pending" });
  });

  it("is listed by its state and without its token", async () => {
    expect((await projo("invites", "list")).err).toContain("Nobody was invited yet.");
    await invite(ann, bobsEmail, "viewer");
    await invite(ann, "cyd@example.com");
    expect((await projo("invites", "revoke", "cyd@example.com")).err).toBe(
      "Revoked the invite of cyd@example.com.\n",
    );
    const { out } = await projo("invites", "list");
    expect(out).toMatch(new RegExp(String.raw`^[0-9a-f-]{36} +revoked +member +\S+Z +cyd@example.com$`, "m"));
    expect(out).toMatch(new RegExp(String.raw`^[0-9a-f-]{36} +pending +viewer +\S+Z +${bobsEmail}$`, "m"));
    const pending = await jsonOf(ann, "invites", "list", "--status", "pending");
    expect(pending).toMatchObject({ items: [{ email: bobsEmail }], nextCursor: null });
    expect(JSON.stringify(pending) + out).not.toContain("pji_");
    expect((await projo("invites", "list", "--status", "expired")).err).toBe("No invite is expired.\n");
  });

  it("V4 sent again is another link, and the one before is dead", async () => {
    const first = await invite(ann, bobsEmail);
    const { out: second } = await projo("invites", "resend", bobsEmail.toUpperCase());
    const bob = await keep(openVerified(server, bobsEmail));
    expect(await refused(bob, accept, { stdin: first })).toEqual([1, INVALID]);
    const { err } = await expectDone(bob.projo(accept, { stdin: second }));
    expect(err).toContain("You are in the workspace Acme, as member.");
  });

  it("that has expired is sent again by its address", async () => {
    await invite(ann, bobsEmail);
    await server.database.owner(
      "UPDATE invites SET expires_at = now() - interval '1 second' WHERE email = $1",
      [bobsEmail],
    );
    expect(await refused(ann, ["invites", "revoke", bobsEmail])).toEqual([
      1,
      `There is no pending invite "${bobsEmail}". See: projo invites list`,
    ]);
    await projo("invites", "resend", bobsEmail);
    expect(await jsonOf(ann, "invites", "list")).toMatchObject({ items: [{ status: "pending" }] });
  });

  it("done wrong is told with what to do instead", async () => {
    await invite(ann, bobsEmail);
    expect(await refused(ann, ["invites", "create", bobsEmail])).toEqual([
      1,
      "This address is already invited. Resend that invite, or revoke it first. (projo invites resend EMAIL, or projo invites revoke EMAIL)",
    ]);
    expect(await refused(ann, ["invites", "create", annsEmail])).toEqual([
      1,
      "This address already belongs to a member. Change the member's role instead. (projo members role EMAIL ROLE)",
    ]);
    expect((await refused(ann, ["invites", "create", "nobody"]))[1]).toBe("email: Must be an email address.");
    expect((await refused(ann, ["invites", "create", "a@b.co", "--role", "owner"]))[0]).toBe(2);
    expect(await refused(ann, ["invites", "resend", "eve@example.com"])).toEqual([
      1,
      'There is no pending or expired invite "eve@example.com". See: projo invites list',
    ]);
    const cyd = await keep(openMember(server, ann, { email: `cyd${rounds}@example.com` }));
    expect((await refused(cyd, ["invites", "create", "dan@example.com"]))[1]).toContain("Your role");
  });
});

describe("an inviter whose address is not verified", () => {
  it("R10 is refused in plain words, with the commands that help, and invites after them", async () => {
    const email = `fay${rounds}@example.com`;
    const fay = await keep(openSignedIn(server.url, email));
    expect(await refused(fay, ["invites", "create", bobsEmail])).toEqual([
      1,
      "Your email address is not verified yet, so you cannot invite others. Run: projo email verify, with the token that was mailed to you (for another mail: projo email resend)",
    ]);
    const token = await mailedToken(server, email, "pjo_");
    await expectDone(fay.projo(["email", "verify", "--stdin"], { stdin: token }));
    expect((await invite(fay, bobsEmail)).length).toBeGreaterThan(0);
  });
});

describe("accepting", () => {
  it("shows what it is first, then joins and chooses the workspace", async () => {
    const link = await invite(ann, bobsEmail, "viewer");
    const bob = await keep(openVerified(server, bobsEmail));
    expect((await expectDone(bob.projo(["invites", "mine"]))).out).toMatch(
      new RegExp(String.raw`^viewer +\S+Z +${annsEmail} +Acme$`, "m"),
    );
    const { out, err } = await expectDone(bob.projo(accept, { stdin: `${link}\n` }));
    expect(out).toBe("");
    expect(err).toMatch(
      new RegExp(
        String.raw`^${annsEmail} invites ${bobsEmail} to the workspace Acme, as viewer, until \S+Z\.\nYou are in the workspace Acme, as viewer\.\nCommands now act in it\. `,
      ),
    );
    expect(err).not.toContain("pji_");
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Workspace: Acme");
    expect((await expectDone(bob.projo(["invites", "mine"]))).err).toContain("No invite waits for you.");
    expect(await refused(bob, accept, { stdin: link })).toEqual([1, INVALID]);
  });

  it("leaves whoever works in another workspace there", async () => {
    const link = await invite(ann, bobsEmail);
    const bob = await keep(openVerified(server, bobsEmail));
    await expectDone(bob.projo(["workspaces", "create", "Bob's"]));
    const { out, err } = await expectDone(bob.projo([...accept, "--json"], { stdin: link }));
    const joined = JSON.parse(out) as { id: string };
    expect(joined).toMatchObject({ name: "Acme", role: "member" });
    expect(err).toContain("invites");
    expect((await storedServer(bob.home, server.url))?.workspace?.name).toBe("Bob's");
  });

  it("in a terminal hides the token, and joins only after a yes", async () => {
    const link = await invite(ann, bobsEmail);
    const bob = await keep(openVerified(server, bobsEmail));
    const typed = ["token or link", `${link}\r`] as const;
    const unsure = await bob.projo(["invites", "accept"], {
      types: [typed, ["Join the workspace Acme", "n"]],
    });
    expect(unsure.code).toBe(1);
    expect(unsure.err).toContain("You have not joined. The invite still works.");
    const sure = await expectDone(
      bob.projo(["invites", "accept"], { types: [typed, ["Join the workspace Acme", "y"]] }),
    );
    expect(sure.err).toContain("You are in the workspace Acme, as member.");
    expect(unsure.err + sure.err).not.toContain("pji_");
  });

  it("without a sign-in names the address, and both ways to begin", async () => {
    const link = await invite(ann, bobsEmail);
    const stranger = await keep(openShell(server.url));
    expect(await refused(stranger, accept, { stdin: link })).toEqual([
      4,
      `Not signed in to ${server.url}. Run: projo login ${bobsEmail} (or projo signup ${bobsEmail}), then this again`,
    ]);
  });

  it("in a terminal signs up whoever has no account, and joins, by the token of the mail", async () => {
    await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    const bob = await keep(openShell(server.url));
    const { err } = await expectDone(
      bob.projo(["invites", "accept"], {
        types: [
          ["token or link", `${token}\r`],
          ["Join the workspace", "y"],
          [`Is there an account for ${bobsEmail}`, "\r"],
          ["Password", `${PASSWORD}\r`],
          ["The same password again", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain(`Signed in to ${server.url} as ${bobsEmail}.`);
    expect(err).toContain("You are in the workspace Acme, as member.");
    expect(err).not.toContain(PASSWORD);
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Email: verified");
  });

  it("in a terminal signs in whoever has an account, and joins", async () => {
    await (await keep(openVerified(server, bobsEmail))).projo(["logout"]);
    const link = await invite(ann, bobsEmail);
    const elsewhere = await keep(openShell(server.url));
    const { err } = await expectDone(
      elsewhere.projo(["invites", "accept"], {
        types: [
          ["token or link", `${link}\r`],
          ["Join the workspace", "y"],
          // The second choice: an arrow down.
          [`Is there an account for ${bobsEmail}`, "\u001b[B\r"],
          ["Password", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain("You are in the workspace Acme, as member.");
  });

  it("V3 as somebody else is refused, with whose the invite is", async () => {
    const link = await invite(ann, bobsEmail);
    const eve = await keep(openVerified(server, `eve${rounds}@example.com`));
    expect(await refused(eve, accept, { stdin: link })).toEqual([
      1,
      `This invite is for ${bobsEmail}, and you are signed in as eve${rounds}@example.com. Run: projo logout, then: projo login ${bobsEmail}`,
    ]);
  });

  it("V3 with an address not verified is refused by the inviter's link, and joins by the mailed one", async () => {
    const link = await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    const bob = await keep(openSignedIn(server.url, bobsEmail));
    expect(await refused(bob, accept, { stdin: link })).toEqual([1, INVALID]);
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Email: not verified.");
    await expectDone(bob.projo(accept, { stdin: token }));
  });

  it("V6 a token that is wrong, revoked or expired is answered alike", async () => {
    const bob = await keep(openVerified(server, bobsEmail));
    const revoked = await invite(ann, bobsEmail);
    await projo("invites", "revoke", bobsEmail);
    expect(await refused(bob, accept, { stdin: revoked })).toEqual([1, INVALID]);
    expect(await refused(bob, accept, { stdin: `pji_${"a".repeat(43)}` })).toEqual([1, INVALID]);
    const expired = await invite(ann, bobsEmail);
    await server.database.owner("UPDATE invites SET expires_at = now() WHERE email = $1", [bobsEmail]);
    expect(await refused(bob, accept, { stdin: expired })).toEqual([1, INVALID]);
  });

  it("A3 takes no token as an argument", async () => {
    const link = await invite(ann, bobsEmail);
    const [code, message] = await refused(ann, ["invites", "accept", link]);
    expect(code).toBe(2);
    expect(message).not.toContain("pji_");
    expect((await refused(ann, accept, { stdin: "" }))[1]).toBe(
      "Standard input is empty: pipe the token in.",
    );
    expect(await refused(ann, ["invites", "accept"])).toEqual([
      2,
      "Nobody is here to type a token. Pipe it in, with --stdin.",
    ]);
  });
});
