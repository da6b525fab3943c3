import { expect, it } from "vitest";
import { mailboxOf } from "./mailbox-of.ts";

it.each([
  ["ada@example.com", "ada@example.com"],
  ["Ada@Example.COM", "ada@example.com"],
  ["ada+work@example.com", "ada@example.com"],
  ["ada+one+two@example.com", "ada@example.com"],
  ["+ada@example.com", "+ada@example.com"],
  ["a.d.a@example.com", "a.d.a@example.com"],
  ["a.d.a@gmail.com", "ada@gmail.com"],
  ["a.da+x@googlemail.com", "ada@gmail.com"],
  ["...@gmail.com", "...@gmail.com"],
  ["key:123", "key:123"],
  ["", ""],
])("counts mail to %s for the mailbox %s", (email, mailbox) => {
  expect(mailboxOf(email)).toBe(mailbox);
});
