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

/** Expects nothing on stdout. @returns the exit code and the last line on stderr */
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
  "You cannot use this invite: it is invalid, used, revoked or expired, or it is for another address. Sign in with the invited address, use the link in the mail, or ask for a new invite. To see your address and whether it is verified, run: projo whoami";

describe("an invite", () => {
  it("prints only its link to stdout, and reports the mail on stderr", async () => {
    const { out, err } = await projo("invites", "create", bobsEmail, "--role", "viewer");
    expect(out).toMatch(/^https?:\/\/\S+\/accept-invite#token=pji_[\w-]{43}\n$/);
    expect(err).toMatch(
      new RegExp(
        `^Invited ${bobsEmail} as viewer, until \\d{4}-.*Z\\. The server sends a mail to this address\\.`,
      ),
    );
    expect(err).not.toContain("pji_");
    const other = await jsonOf(ann, "invites", "create", "cyd@example.com");
    expect(other).toMatchObject({ email: "cyd@example.com", role: "member", status: "pending" });
  });

  it("appears in the list with its status and without its token", async () => {
    expect((await projo("invites", "list")).err).toContain("There are no invites yet.");
    await invite(ann, bobsEmail, "viewer");
    await invite(ann, "cyd@example.com");
    expect((await projo("invites", "revoke", "cyd@example.com")).err).toBe(
      "Revoked the invite to cyd@example.com.\n",
    );
    const { out } = await projo("invites", "list");
    expect(out).toMatch(
      new RegExp(String.raw`^[0-9a-f-]{36}\tcyd@example.com\tmember\trevoked\t\S+Z\t$`, "m"),
    );
    expect(out).toMatch(
      new RegExp(
        String.raw`^[0-9a-f-]{36}\t${bobsEmail}\tviewer\tpending\t\S+Z\t(?:waiting|sent) \S+Z$`,
        "m",
      ),
    );
    const pending = await jsonOf(ann, "invites", "list", "--status", "pending");
    expect(pending).toMatchObject({ items: [{ email: bobsEmail }], nextCursor: null });
    expect(JSON.stringify(pending) + out).not.toContain("pji_");
    expect((await projo("invites", "list", "--status", "expired")).err).toBe(
      "There is no invite with the status expired.\n",
    );
  });

  it("V4 gets a new link when it is sent again, and the old link stops working", async () => {
    const first = await invite(ann, bobsEmail);
    const { out: second } = await projo("invites", "resend", bobsEmail.toUpperCase());
    const bob = await keep(openVerified(server, bobsEmail));
    expect(await refused(bob, accept, { stdin: first })).toEqual([1, INVALID]);
    const { err } = await expectDone(bob.projo(accept, { stdin: second }));
    expect(err).toContain("You joined the workspace Acme as member.");
  });

  it("can be sent again by address after it has expired", async () => {
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

  it("refuses invalid use with the next step", async () => {
    await invite(ann, bobsEmail);
    expect(await refused(ann, ["invites", "create", bobsEmail])).toEqual([
      1,
      "This address is already invited. Resend that invite, or revoke it first. Run: projo invites resend EMAIL, or: projo invites revoke EMAIL",
    ]);
    expect(await refused(ann, ["invites", "create", annsEmail])).toEqual([
      1,
      "This address already belongs to a member. Change the member's role instead. Run: projo members role EMAIL ROLE",
    ]);
    expect((await refused(ann, ["invites", "create", "nobody"]))[1]).toBe(
      "email: use an address such as ann@example.com.",
    );
    expect((await refused(ann, ["invites", "create", "a@b.co", "--role", "owner"]))[0]).toBe(2);
    expect(await refused(ann, ["invites", "resend", "eve@example.com"])).toEqual([
      1,
      'There is no pending or expired invite "eve@example.com". See: projo invites list',
    ]);
    const cyd = await keep(openMember(server, ann, { email: `cyd${rounds}@example.com` }));
    expect((await refused(cyd, ["invites", "create", "dan@example.com"]))[1]).toContain(
      "Only an admin can do this.",
    );
  });
});

describe("an inviter with an unverified address", () => {
  it("R10 gets the command to verify it, and can invite afterwards", async () => {
    const email = `fay${rounds}@example.com`;
    const fay = await keep(openSignedIn(server.url, email));
    expect(await refused(fay, ["invites", "create", bobsEmail])).toEqual([
      1,
      "Your email address is not verified, so you cannot invite others. Run: projo email verify, and enter the token from the mail (for a new mail: projo email resend)",
    ]);
    const token = await mailedToken(server, email, "pjo_");
    await expectDone(fay.projo(["email", "verify", "--stdin"], { stdin: token }));
    expect((await invite(fay, bobsEmail)).length).toBeGreaterThan(0);
  });
});

describe("invites accept", () => {
  it("shows the invite, then joins and selects the workspace", async () => {
    const link = await invite(ann, bobsEmail, "viewer");
    const bob = await keep(openVerified(server, bobsEmail));
    expect((await expectDone(bob.projo(["invites", "mine"]))).out).toMatch(
      new RegExp(String.raw`^[0-9a-f-]{36}\tAcme\tviewer\t${annsEmail}\t\S+Z$`, "m"),
    );
    const { out, err } = await expectDone(bob.projo(accept, { stdin: `${link}\n` }));
    expect(out).toBe("");
    expect(err).toMatch(
      new RegExp(
        String.raw`^${annsEmail} invites ${bobsEmail} to the workspace Acme, as viewer, until \S+Z\.\nYou joined the workspace Acme as viewer\.\nIt is now the selected workspace\. `,
      ),
    );
    expect(err).not.toContain("pji_");
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Workspace: Acme");
    expect((await expectDone(bob.projo(["invites", "mine"]))).err).toContain("You have no pending invites.");
    expect(await refused(bob, accept, { stdin: link })).toEqual([1, INVALID]);
  });

  it("keeps the selection of a user who works in another workspace", async () => {
    const link = await invite(ann, bobsEmail);
    const bob = await keep(openVerified(server, bobsEmail));
    await expectDone(bob.projo(["workspaces", "create", "Bob's"]));
    const { out, err } = await expectDone(bob.projo([...accept, "--json"], { stdin: link }));
    const joined = JSON.parse(out) as { id: string };
    expect(joined).toMatchObject({ name: "Acme", role: "member" });
    expect(err).toContain("invites");
    expect((await storedServer(bob.home, server.url))?.workspace?.name).toBe("Bob's");
  });

  it("hides the token in a terminal, and joins only after confirmation", async () => {
    const link = await invite(ann, bobsEmail);
    const bob = await keep(openVerified(server, bobsEmail));
    const typed = ["Token or link", `${link}\r`] as const;
    const unsure = await bob.projo(["invites", "accept"], {
      types: [typed, ["Join the workspace Acme", "n"]],
    });
    expect(unsure.code).toBe(1);
    expect(unsure.err).toContain("You have not joined the workspace. The invite is still valid.");
    const sure = await expectDone(
      bob.projo(["invites", "accept"], { types: [typed, ["Join the workspace Acme", "y"]] }),
    );
    expect(sure.err).toContain("You joined the workspace Acme as member.");
    expect(unsure.err + sure.err).not.toContain("pji_");
  });

  it("names the commands to sign in or sign up when no session is stored", async () => {
    const link = await invite(ann, bobsEmail);
    const anonymous = await keep(openShell(server.url));
    expect(await refused(anonymous, accept, { stdin: link })).toEqual([
      4,
      `Not signed in to ${server.url}. Run: projo login ${bobsEmail} (or projo signup ${bobsEmail}), then run this command again`,
    ]);
  });

  it("signs up a user without an account in a terminal, and joins with the mailed token", async () => {
    await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    const bob = await keep(openShell(server.url));
    const { err } = await expectDone(
      bob.projo(["invites", "accept"], {
        types: [
          ["Token or link", `${token}\r`],
          ["Join the workspace", "y"],
          [`Is there an account for ${bobsEmail}`, "\r"],
          ["Password", `${PASSWORD}\r`],
          ["Repeat the password", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain(`Signed in to ${server.url} as ${bobsEmail}.`);
    expect(err).toContain("You joined the workspace Acme as member.");
    expect(err).not.toContain(PASSWORD);
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Email: verified");
  });

  it("signs in a user with an account in a terminal, and joins", async () => {
    await (await keep(openVerified(server, bobsEmail))).projo(["logout"]);
    const link = await invite(ann, bobsEmail);
    const elsewhere = await keep(openShell(server.url));
    const { err } = await expectDone(
      elsewhere.projo(["invites", "accept"], {
        types: [
          ["Token or link", `${link}\r`],
          ["Join the workspace", "y"],
          // Arrow down selects the second choice.
          [`Is there an account for ${bobsEmail}`, "\u001b[B\r"],
          ["Password", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain("You joined the workspace Acme as member.");
  });

  it("V3 refuses a user with another address, and names the invited address", async () => {
    const link = await invite(ann, bobsEmail);
    const eve = await keep(openVerified(server, `eve${rounds}@example.com`));
    expect(await refused(eve, accept, { stdin: link })).toEqual([
      1,
      `This invite is for ${bobsEmail}, but you are signed in as eve${rounds}@example.com. Run: projo login ${bobsEmail}`,
    ]);
  });

  it("V3 refuses the inviter's link for an unverified address, and accepts the mailed link", async () => {
    const link = await invite(ann, bobsEmail);
    const token = await mailedToken(server, bobsEmail, "pji_");
    const bob = await keep(openSignedIn(server.url, bobsEmail));
    expect(await refused(bob, accept, { stdin: link })).toEqual([1, INVALID]);
    expect((await expectDone(bob.projo(["whoami"]))).out).toContain("Email: not verified.");
    await expectDone(bob.projo(accept, { stdin: token }));
  });

  it("V6 returns the same error for a wrong, revoked or expired token", async () => {
    const bob = await keep(openVerified(server, bobsEmail));
    const revoked = await invite(ann, bobsEmail);
    await projo("invites", "revoke", bobsEmail);
    expect(await refused(bob, accept, { stdin: revoked })).toEqual([1, INVALID]);
    expect(await refused(bob, accept, { stdin: `pji_${"a".repeat(43)}` })).toEqual([1, INVALID]);
    const expired = await invite(ann, bobsEmail);
    await server.database.owner("UPDATE invites SET expires_at = now() WHERE email = $1", [bobsEmail]);
    expect(await refused(bob, accept, { stdin: expired })).toEqual([1, INVALID]);
  });

  it("A3 refuses a token as an argument", async () => {
    const link = await invite(ann, bobsEmail);
    const [code, message] = await refused(ann, ["invites", "accept", link]);
    expect(code).toBe(2);
    expect(message).not.toContain("pji_");
    expect((await refused(ann, accept, { stdin: "" }))[1]).toBe(
      "Standard input is empty. Pipe in the token.",
    );
    expect(await refused(ann, ["invites", "accept"])).toEqual([
      2,
      "There is no terminal to ask for the token. Pipe it in with --stdin.",
    ]);
  });
});
