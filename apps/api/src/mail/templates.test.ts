import { expect, it } from "vitest";
import { htmlBody, textBody } from "./mail-bodies.ts";
import { accountMails, creatorLeftMail, inviteMail, type MailText } from "./templates.ts";

const host = "app.example.com";
const hostileName = `<b>"https://evil.example/x"</b>\r\nBcc: all@evil.example\u2028\u202Ewww.evil.example`;

const mails: readonly MailText[] = [
  ...Object.values(accountMails).map((mail) => mail(host)),
  inviteMail(
    { workspaceName: hostileName, role: "admin", inviter: "ada@example.com", isService: false },
    host,
  ),
  inviteMail({ workspaceName: "Engines", role: "member", inviter: hostileName, isService: true }, host),
  creatorLeftMail(
    { workspaceName: hostileName, email: hostileName, keyNames: [hostileName, "worker"] },
    host,
  ),
];

const withLink = (mail: MailText, url = `https://${host}/accept-invite#token=pji_AA`) => ({
  text: mail,
  link: mail.action && {
    action: mail.action,
    url,
    token: "pjo_<b>",
    expiresAt: new Date("2026-11-25T19:55:30Z"),
  },
});

it("escapes all values in the HTML body", () => {
  for (const mail of mails) {
    const html = htmlBody(withLink(mail, `https://${host}/"><script>alert('1')</script>&x#token=pjo_AA`));
    expect(html).not.toMatch(/<script|<b>|"">/);
    if (!mail.action) continue;
    expect(html).toContain('href="https://app.example.com/&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)');
    expect(html).toContain("pjo_&lt;b&gt;");
  }
});

it("both bodies contain the expiry time of the link in UTC", () => {
  for (const mail of mails.filter(({ action }) => action !== null)) {
    expect(textBody(withLink(mail))).toContain("until 25 November 2026, 19:55 UTC.");
    expect(htmlBody(withLink(mail))).toContain("until 25 November 2026, 19:55 UTC.");
  }
});

it("the HTML body loads no external resources", () => {
  for (const mail of mails) {
    expect(htmlBody(withLink(mail))).not.toMatch(/<img|<link|url\(|src=/);
  }
});

const subjectFor = (workspaceName: string): string =>
  inviteMail({ workspaceName, role: "member", inviter: "ada@example.com", isService: false }, host).subject;

it("R10 the subject quotes at most 50 characters of a workspace name, on one line", () => {
  const heap = `e${"\u0301".repeat(190)}`;
  const names = [
    hostileName,
    "x".repeat(200),
    "🙂".repeat(200),
    "👩‍👩‍👧‍👦".repeat(28),
    heap,
    "\u0000\u001b[31m",
    ".",
  ];
  for (const workspaceName of names) {
    const subject = subjectFor(workspaceName);
    expect(subject).toMatch(/^You are invited to "[^"]*"$/u);
    expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
    const shown = [...new Intl.Segmenter("en").segment(subject)];
    expect(shown.length).toBeLessThanOrEqual("You are invited to ".length + 2 + 50 + 12);
    expect(subject.isWellFormed()).toBe(true);
  }
  expect(subjectFor("👩‍👩‍👧‍👦".repeat(60))).toBe(`You are invited to "${"👩‍👩‍👧‍👦".repeat(49)}…"`);
  expect(subjectFor(heap).length).toBeLessThan(40);
  expect(subjectFor("Engines")).toBe('You are invited to "Engines"');
});

it.each([
  ["evil.example", "evil. example"],
  ["www.evil.example/x", "www. evil. example/ x"],
  ["https://evil.example", "https: / / evil. example"],
  ["mailto:eve@evil.example", "mailto: eve@ evil. example"],
  ["evil\u3002example", "evil\u3002 example"],
  ["evil\uff0eexample", "evil\uff0e example"],
  ["evil\u2024example", "evil\u2024 example"],
  ["https\uff1a\uff0f\uff0fevil", "https\uff1a \uff0f \uff0f evil"],
  ["eve\uff20evil", "eve\uff20 evil"],
  ["evil.\u200bexample", "evil. example"],
  ["ev\u00adil.\u2060example", "evil. example"],
  ["evil.\u200dexample", "evil. \u200dexample"],
  ["a \u202egnp.live", "a gnp. live"],
  ['"quoted" \u201cname\u201d', "'quoted' 'name'"],
  ["many    blanks\u00a0\u2003here", "many blanks here"],
  ["\u3164\u115f", ""],
])("R10 %s is quoted without links and hidden characters", (name, shown) => {
  expect(subjectFor(name)).toBe(`You are invited to "${shown}"`);
});

const openingBy = (inviter: string): string =>
  inviteMail({ workspaceName: "Engines", role: "member", inviter, isService: false }, host).opening;

it("quotes an inviter's address that looks like a URL", () => {
  expect(openingBy("www.evil.example/login@eve.example")).toContain(
    'by "www. evil. example/ login@ eve. example".',
  );
  expect(openingBy("www.evil@eve.example")).toContain('by "www. evil@ eve. example".');
  expect(openingBy("ada.lovelace@example.com")).toContain("by ada.lovelace@example.com.");
});

it("names chosen by other users contain no text that a mail program turns into a link or an address", () => {
  for (const mail of mails.slice(2)) {
    const own = withLink(mail);
    for (const body of [textBody(own), htmlBody(own)]) {
      const others = body.replaceAll(own.link?.url ?? "none", "").replaceAll(host, "");
      expect(others).not.toMatch(/evil\.\S|www\.\S|:\/\/|@evil/);
      expect(body).toContain("evil. example");
    }
  }
});

it("leaves ordinary names and the inviter's address unchanged", () => {
  const names = ["Engines", "Zoë's Büro – 工房 👩‍💻", "Engines Inc.", "R & D"];
  for (const workspaceName of names) {
    const facts = { workspaceName, role: "viewer", inviter: "ada@example.com", isService: false };
    expect(inviteMail(facts, host).opening).toContain(
      `the workspace "${workspaceName}" at ${host}, as a viewer, by ada@example.com.`,
    );
  }
});

it("names ten of a hundred keys", () => {
  const keyNames = Array.from({ length: 100 }, (_, index) => `worker ${index}`);
  const { opening } = creatorLeftMail({ workspaceName: "Engines", email: "a@example.com", keyNames }, host);
  expect(opening).toContain('"worker 8", "worker 9" and 90 more.');
});
