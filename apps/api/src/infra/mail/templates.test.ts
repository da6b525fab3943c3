import { expect, it } from "vitest";
import { htmlBody, templates, textBody } from "./templates.ts";

const filling = {
  host: "app.example.com",
  link: `https://app.example.com/"><script>alert('1')</script>&x#token=pjo_AA`,
  token: "pjo_<b>",
  expiresAt: new Date("2026-11-25T19:55:30Z"),
};

it("nothing that a mail is filled with is HTML", () => {
  for (const template of Object.values(templates)) {
    const html = htmlBody(template, filling);
    expect(html).not.toMatch(/<script|<b>|"">/);
    expect(html).toContain('href="https://app.example.com/&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)');
    expect(html).toContain("pjo_&lt;b&gt;");
  }
});

it("says when the link ends, in UTC", () => {
  expect(textBody(templates["email.verify"], filling)).toContain("until 25 November 2026, 19:55 UTC.");
});

it("no body loads anything from elsewhere", () => {
  for (const template of Object.values(templates)) {
    expect(htmlBody(template, { ...filling, link: "https://x/" })).not.toMatch(/<img|<link|url\(|src=/);
  }
});
