import { describe, expect, it } from "vitest";
import { isAddress, parseMailbox } from "../mail/mailbox.ts";
import { parseSmtpUrl } from "../mail/smtp-address.ts";
import { ConfigError, readConfig } from "./config.ts";

const mail = {
  PROJO_SMTP_URL: "smtps://user:s3cret@mail.example.com",
  PROJO_MAIL_FROM: "Engines <mail@example.com>",
  PROJO_APP_URL: "https://app.example.com",
};

describe("the mail settings", () => {
  it("keep mail on this machine by default", () => {
    expect(readConfig({})).toMatchObject({ smtp: null, appUrl: null });
  });

  it("require a sender and the application's URL when an SMTP server is set", () => {
    for (const name of ["PROJO_MAIL_FROM", "PROJO_APP_URL"]) {
      expect(() => readConfig({ ...mail, [name]: undefined })).toThrow(
        new RegExp(`^PROJO_SMTP_URL needs ${name} beside it: `),
      );
    }
    expect(readConfig(mail)).toMatchObject({
      smtp: { host: "mail.example.com", port: 465, tls: "implicit" },
      mailFrom: { name: "Engines", address: "mail@example.com" },
    });
  });

  it("A3 reject a wrong SMTP URL without repeating it", () => {
    const env = { ...mail, PROJO_SMTP_URL: "smtp://user:s3cret@mail.example.com?tls=maybe" };
    const wrong = () => readConfig(env);
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow(/^PROJO_SMTP_URL must be/);
    expect(wrong).not.toThrow(/s3cret/);
  });

  it("V9 accept only a plain HTTP or HTTPS URL for the application", () => {
    expect(readConfig({ PROJO_APP_URL: "https://app.example.com/" }).appUrl).toBe("https://app.example.com");
    expect(readConfig({ PROJO_APP_URL: "http://localhost:3000/x/" }).appUrl).toBe("http://localhost:3000/x");
    const refused = [
      "app.example.com",
      "/app",
      "javascript:alert(1)",
      "ftp://app.example.com",
      "https://user@app.example.com",
      "https://app.example.com/?next=",
      "https://app.example.com/#",
    ];
    for (const text of refused) {
      expect(() => readConfig({ PROJO_APP_URL: text }), text).toThrow(/^PROJO_APP_URL must be/);
    }
  });
});

describe("the SMTP URL", () => {
  it("A3 requires encryption for connections to other machines by default", () => {
    expect(parseSmtpUrl("smtps://mail.example.com")).toMatchObject({ port: 465, tls: "implicit" });
    expect(parseSmtpUrl("smtp://mail.example.com")).toMatchObject({ port: 587, tls: "required" });
    expect(parseSmtpUrl("smtp://127.0.0.1:25")).toMatchObject({ port: 25, tls: "off" });
    expect(parseSmtpUrl("smtp://[::1]:25")).toMatchObject({ host: "::1", tls: "off" });
    expect(parseSmtpUrl("smtp://relay:25?tls=off")).toMatchObject({ host: "relay", tls: "off", login: null });
    expect(parseSmtpUrl("smtp://127.0.0.1.evil.example")).toMatchObject({ tls: "required" });
  });

  it("A3 rejects a password without encryption", () => {
    expect(parseSmtpUrl("smtp://user:password@relay?tls=off")).toBeNull();
  });

  it("decodes the login and rejects an incomplete one", () => {
    expect(parseSmtpUrl("smtps://a%40b:p%2Fw@mail.example.com")?.login).toEqual({
      user: "a@b",
      password: "p/w",
    });
    for (const text of ["smtps://user@host", "smtps://:pw@host", "smtps://%zz:pw@host"]) {
      expect(parseSmtpUrl(text), text).toBeNull();
    }
  });

  it("rejects unknown schemes, paths and parameters", () => {
    const others = [
      "mail.example.com",
      "http://host",
      "smtp://",
      "smtp://host/path",
      "smtp://host?logger=true",
    ];
    for (const text of [...others, "smtps://host?tls=off", "smtp://host:0", "smtp://host#x"]) {
      expect(parseSmtpUrl(text), text).toBeNull();
    }
  });
});

describe("email addresses", () => {
  it("isAddress rejects text that a header or an address list could split", () => {
    for (const text of ["ada@example.com", "a.b+c'd@sub.example.com", "x@localhost"]) {
      expect(isAddress(text), text).toBe(true);
    }
    const others = [
      "a@b\r\nBcc: c@d",
      "a@b\n",
      "a@b,c@d",
      "a@b;c@d",
      "<a@b>",
      '"a b"@c',
      "a b@c",
      "@b",
      "a@",
      "ä@b",
      "a@-b",
    ];
    for (const text of [...others, `${"a".repeat(250)}@b.cd`]) expect(isAddress(text), text).toBe(false);
  });

  it("parseMailbox accepts a name on one line", () => {
    expect(parseMailbox("a@b.example")).toEqual({ name: "", address: "a@b.example" });
    expect(parseMailbox('"Engines, Ltd." <a@b.example>')).toEqual({
      name: "Engines, Ltd.",
      address: "a@b.example",
    });
    for (const text of ["Engines", "Engines\r\nBcc: x <a@b.example>", "a@b.example, c@d.example", "<>"]) {
      expect(parseMailbox(text), text).toBeNull();
    }
  });
});
