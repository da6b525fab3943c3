// Links from mails as mail scanners, mail programs and people change them before they reach the terminal.
import { randomBytes } from "node:crypto";
import { eventually, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliError } from "../../src/cli-error.ts";
import { mailedToken, type MailedKind } from "../../src/commands/mailed-token.ts";
import { openShell, PASSWORD } from "../kit.ts";
import { mailedToken as tokenFor } from "../people.ts";

const encode = encodeURIComponent;

/** Proofpoint's second version: `%` becomes `-` and `/` becomes `_`; so both are escaped in the link. */
const proofpoint2 = (link: string) =>
  `https://urldefense.proofpoint.com/v2/url?u=${link
    .replaceAll(/[^A-Za-z0-9./]/g, (character) => `-${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("/", "_")}&d=DwMFaQ&c=euGZstcaTDllvimEN8b7jXrwqOf-v5A_CdpgnVfiiMM&r=x&m=y&s=z&e=`;

const wrappers: Readonly<Record<string, (link: string) => string>> = {
  "the link itself": (link) => link,
  "Outlook Safe Links": (link) =>
    `https://eur01.safelinks.protection.outlook.com/?url=${encode(link)}&data=05%7C01%7Cann%40example.com%7C0f&sdata=pj%2Bx%3D&reserved=0`,
  "Outlook Safe Links in lower case": (link) =>
    `https://nam02.safelinks.protection.outlook.com/?url=${encode(link)
      .toLowerCase()
      .replace(
        encode(link.slice(link.indexOf("pj"))).toLowerCase(),
        encode(link.slice(link.indexOf("pj"))),
      )}&reserved=0`,
  "Proofpoint 1": (link) => `https://urldefense.proofpoint.com/v1/url?u=${encode(link)}&k=abc%3D%0A&r=x`,
  "Proofpoint 2": proofpoint2,
  "Proofpoint 3": (link) => `https://urldefense.com/v3/__${link.replace("#", "*")}__;Iw!!AbC-dEf!x_y-z$`,
  Barracuda: (link) => `https://linkprotect.cudasvc.com/url?a=${encode(link)}&c=E,1,abc,&typo=1`,
  Mimecast: (link) => `https://protect-eu.mimecast.com/redirect?url=${encode(encode(link))}`,
  Google: (link) => `https://www.google.com/url?q=${encode(link)}&sa=D&source=calendar&usg=AOvVaw1`,
  "Google, with every character escaped": (link) =>
    `https://www.google.com/url?q=${Array.from(link, (c) => `%${c.charCodeAt(0).toString(16)}`).join("")}`,
  Cisco: (link) => `https://secure-web.cisco.com/1aBcD-eF_g/${encode(link)}`,
  "Trend Micro": (link) =>
    `https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=${encode(link)}&umid=1`,
  Sophos: (link) =>
    `https://eu-west-1.protection.sophos.com/?d=example.com&u=${Buffer.from(link).toString("base64")}&i=NWY=`,
  Slack: (link) => `https://slack-redir.net/link?url=${encode(link)}`,
  "a scanner that keeps the fragment of the link for itself": (link) => {
    const [page = "", fragment] = link.split("#");
    const rest = fragment === undefined ? "" : `#${fragment}`;
    return `https://eur01.safelinks.protection.outlook.com/?url=${encode(page)}&data=05%7C01${rest}`;
  },
  "a scanner that escapes the fragment twice": (link) =>
    `https://click.example.net/?to=${encode(link.replace("#", "%23").replace("token=", "token%3D"))}`,
  "two scanners": (link) =>
    `https://www.google.com/url?q=${encode(`https://eur01.safelinks.protection.outlook.com/?url=${encode(link)}&reserved=0`)}`,
  "Proofpoint 2 around Safe Links": (link) =>
    proofpoint2(`https://eur01.safelinks.protection.outlook.com/?url=${encode(link)}`),
  "angle brackets": (link) => `<${link}>`,
  "brackets and a full stop": (link) => `(see ${link}).`,
  "quotes and a comma": (link) => `"${link}",`,
  Markdown: (link) => `[Verify the address](${link})`,
  HTML: (link) => `<a href="${link.replace("#", "&#35;").replace("=", "&#x3D;")}">Verify</a>`,
  "quoted-printable": (link) => `${link.replace("=", "=3D").replace(/^(.{60})/, "$1=\r\n")}\r\n`,
  "a broken line": (link) => `${link.slice(0, 60)}\n  ${link.slice(60)}\n`,
  "a broken line in a quoted mail": (link) => `> ${link.slice(0, 60)}\n> ${link.slice(60)}`,
  "zero-width spaces": (link) => `\ufeff${link.slice(0, 50)}\u200b${link.slice(50)}`,
  "a whole mail": (link) => `Open this link.\n\n${link}\n\nThe link works once, until 1 May.`,
  "the token alone": (link) => link.slice(link.indexOf("pj")),
  "the token with spaces": (link) => `  ${link.slice(link.indexOf("pj"))} \n`,
};

interface Page {
  readonly prefix: string;
  readonly bytes: number;
  /** The forms of the link without its token: of this server, of older ones, and of applications that use the query. */
  readonly links: readonly string[];
}

const pages: Readonly<Record<MailedKind, Page>> = {
  invite: {
    prefix: "pji_",
    bytes: 32,
    links: ["accept-invite#token=", "invite#token=", "accept-invite?token=", "invite?lang=en&token="],
  },
  verification: { prefix: "pjo_", bytes: 62, links: ["verify-email#token=", "verify-email?token="] },
  reset: { prefix: "pjo_", bytes: 50, links: ["reset-password#token=", "reset-password?token="] },
};

/** Tokens with dashes and underscores, also at their ends, because these are what scanners escape. */
function tokensFor(kind: MailedKind): string[] {
  const { prefix, bytes } = pages[kind];
  const bodies = Array.from({ length: 20 }, () => randomBytes(bytes).toString("base64url"));
  return [...bodies, bodies[0]?.replace(/^../, "__").replace(/..$/, "_A") ?? ""].map((body) => prefix + body);
}

const kinds = Object.keys(pages) as MailedKind[];

describe.each(kinds.flatMap((kind) => pages[kind].links.map((link) => [kind, link] as const)))(
  "The token of a mail about: %s, with the link %s",
  (kind, link) => {
    it.each(Object.keys(wrappers))("is found in %s", (name) => {
      for (const token of tokensFor(kind)) {
        const text = wrappers[name]?.(`https://app.example.com/projo/${link}${token}`) ?? "";
        expect(mailedToken(text, kind), text).toBe(token);
      }
    });
  },
);

describe("A link whose page is for another command", () => {
  const others: Readonly<Record<MailedKind, { wrong: MailedKind; right: string }>> = {
    invite: { wrong: "reset", right: "projo invites accept" },
    verification: { wrong: "reset", right: "projo email verify" },
    reset: { wrong: "verification", right: "projo password reset" },
  };
  /** These contain the token without the address of its page. */
  const withoutPage = new Set([
    "the token alone",
    "the token with spaces",
    "a scanner that keeps the fragment of the link for itself",
  ]);

  it.each(Object.keys(wrappers).filter((name) => !withoutPage.has(name)))("is refused in %s", (name) => {
    for (const kind of kinds) {
      for (const link of pages[kind].links) {
        const [token = ""] = tokensFor(kind);
        const text = wrappers[name]?.(`https://app.example.com/projo/${link}${token}`) ?? "";
        expect(problemOf(text, others[kind].wrong), text).toContain(`Run: ${others[kind].right}`);
      }
    }
  });
});

const [invite = "", oneTime = ""] = [tokensFor("invite")[0], tokensFor("verification")[0]];

function problemOf(text: string, kind: MailedKind): string {
  try {
    mailedToken(text, kind);
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
  throw new Error("The text has a token.");
}

describe("Text without the right token", () => {
  it.each([
    [invite, "verification", "This token is from an invite. Run: projo invites accept"],
    [
      `https://a.example/invite#token=${invite}`,
      "reset",
      "This token is from an invite. Run: projo invites accept",
    ],
    [
      wrappers["Outlook Safe Links"]?.(`https://a.example/reset-password#token=${oneTime}`) ?? "",
      "verification",
      "This token is from a mail that resets a password. Run: projo password reset",
    ],
    [
      `https://a.example/verify-email#token=${oneTime}`,
      "reset",
      "This token is from a mail that verifies an address. Run: projo email verify",
    ],
    [oneTime, "invite", "This token is from a mail that verifies an address. Run: projo email verify"],
    [
      "pjk_0123456789",
      "invite",
      "This is not a token from a mail: it begins with pjk_. Paste the token or the link from the mail.",
    ],
    ["hello", "invite", "This text contains no token. Paste the token or the link from the mail."],
    [
      "https://protect-eu.mimecast.com/s/AbCdC1wQ?domain=app.example.com",
      "invite",
      "The link to protect-eu.mimecast.com contains no token. A mail scanner may have replaced the link: paste the token below the link in the mail instead.",
    ],
  ] as const)("is refused with the true cause: %s for %s", (text, kind, problem) => {
    expect(problemOf(text, kind)).toBe(problem);
    expect(problem).not.toContain(text.length > 60 ? text : "\0");
  });

  it("the command examines any text in bounded time", () => {
    for (const text of [
      "%25".repeat(30_000),
      "?u=aHR0c".repeat(10_000),
      "> \n".repeat(30_000),
      "urldefense".repeat(9_000),
    ]) {
      expect(problemOf(text, "invite")).toMatch(/contains no token/);
    }
  });
});

describe("The commands", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it("accept a wrapped link on standard input, broken over lines", async () => {
    const shell = await openShell(server.url);
    try {
      await shell.projo(["signup", "ann@example.com", "--password-stdin"], { stdin: PASSWORD });
      const token = await tokenFor(server, "ann@example.com", "pjo_");
      const link =
        wrappers["Outlook Safe Links"]?.(`https://app.example.com/verify-email#token=${token}`) ?? "";
      const stdin = link.replaceAll(/.{70}/g, "$&\n");
      expect(await shell.projo(["email", "verify", "--stdin"], { stdin })).toMatchObject({
        code: 0,
        err: "Your email address is verified.\n",
      });

      await shell.projo(["password", "reset-request", "ann@example.com"]);
      const next = await eventually(async () => {
        const last = await tokenFor(server, "ann@example.com", "pjo_");
        return last !== token && last;
      });
      const reset =
        wrappers["quoted-printable"]?.(`https://app.example.com/reset-password#token=${next}`) ?? "";
      const wrong = await shell.projo(["email", "verify", "--stdin"], { stdin: reset });
      expect(wrong).toMatchObject({
        code: 2,
        err: "projo: This token is from a mail that resets a password. Run: projo password reset\n",
      });
      const done = await shell.projo(["password", "reset", "--stdin"], {
        stdin: `${reset}a new password of length\n`,
      });
      expect(done).toMatchObject({ code: 0, err: expect.stringContaining("The new password is set.") });
    } finally {
      await shell.close();
    }
  });
});
