import { expect, it } from "vitest";
import { htmlBody, textBody } from "./mail-bodies.ts";
import { accountMails, creatorLeftMail, inviteMail, type MailText } from "./templates.ts";

const host = "app.example.com";
const nasty = `<b>"https://evil.example/x"</b>\r\nBcc: all@evil.example\u2028\u202Ewww.evil.example`;

const letters: readonly MailText[] = [
  ...Object.values(accountMails).map((letter) => letter(host)),
  inviteMail({ workspaceName: nasty, role: "admin", inviter: "ada@example.com", isService: false }, host),
  inviteMail({ workspaceName: "Engines", role: "member", inviter: nasty, isService: true }, host),
  creatorLeftMail({ workspaceName: nasty, email: nasty, keyNames: [nasty, "worker"] }, host),
];

const filled = (letter: MailText, url = `https://${host}/invite#token=pji_AA`) => ({
  text: letter,
  link: letter.action && {
    action: letter.action,
    url,
    token: "pjo_<b>",
    expiresAt: new Date("2026-11-25T19:55:30Z"),
  },
});

it("nothing that a mail is filled with is HTML", () => {
  for (const letter of letters) {
    const html = htmlBody(filled(letter, `https://${host}/"><script>alert('1')</script>&x#token=pjo_AA`));
    expect(html).not.toMatch(/<script|<b>|"">/);
    if (!letter.action) continue;
    expect(html).toContain('href="https://app.example.com/&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)');
    expect(html).toContain("pjo_&lt;b&gt;");
  }
});

it("says when the link ends, in UTC", () => {
  for (const letter of letters.filter(({ action }) => action !== null)) {
    expect(textBody(filled(letter))).toContain("until 25 November 2026, 19:55 UTC.");
    expect(htmlBody(filled(letter))).toContain("until 25 November 2026, 19:55 UTC.");
  }
});

it("no body loads anything from elsewhere", () => {
  for (const letter of letters) {
    expect(htmlBody(filled(letter))).not.toMatch(/<img|<link|url\(|src=/);
  }
});

const subjectFor = (workspaceName: string): string =>
  inviteMail({ workspaceName, role: "member", inviter: "ada@example.com", isService: false }, host).subject;

it("R10 a subject quotes the name: one line, fifty characters of it at most, whatever a workspace is called", () => {
  const heap = `e${"\u0301".repeat(190)}`;
  const names = [nasty, "x".repeat(200), "🙂".repeat(200), "👩‍👩‍👧‍👦".repeat(28), heap, "\u0000\u001b[31m", "."];
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
])("R10 %s becomes no link and hides nothing", (name, shown) => {
  expect(subjectFor(name)).toBe(`You are invited to "${shown}"`);
});

const openingBy = (inviter: string): string =>
  inviteMail({ workspaceName: "Engines", role: "member", inviter, isService: false }, host).opening;

it("an inviter's address that begins like that of a page is quoted as a name is", () => {
  expect(openingBy("www.evil.example/login@eve.example")).toContain(
    'by "www. evil. example/ login@ eve. example".',
  );
  expect(openingBy("www.evil@eve.example")).toContain('by "www. evil@ eve. example".');
  expect(openingBy("ada.lovelace@example.com")).toContain("by ada.lovelace@example.com.");
});

it("a name that other people chose holds nothing that a mail program takes for a link or an address", () => {
  for (const letter of letters.slice(2)) {
    const own = filled(letter);
    for (const body of [textBody(own), htmlBody(own)]) {
      const others = body.replaceAll(own.link?.url ?? "none", "").replaceAll(host, "");
      expect(others).not.toMatch(/evil\.\S|www\.\S|:\/\/|@evil/);
      expect(body).toContain("evil. example");
    }
  }
});

it("a name without such things stays as it is, and the inviter's address too", () => {
  const names = ["Engines", "Zoë's Büro – 工房 👩‍💻", "Engines Inc.", "R & D"];
  for (const workspaceName of names) {
    const facts = { workspaceName, role: "viewer", inviter: "ada@example.com", isService: false };
    expect(inviteMail(facts, host).opening).toContain(
      `the workspace "${workspaceName}" at ${host}, as a viewer, by ada@example.com.`,
    );
  }
});

it("a hundred keys are named by ten of them", () => {
  const keyNames = Array.from({ length: 100 }, (_, index) => `worker ${index}`);
  const { opening } = creatorLeftMail({ workspaceName: "Engines", email: "a@example.com", keyNames }, host);
  expect(opening).toContain('"worker 8", "worker 9" and 90 more.');
});
