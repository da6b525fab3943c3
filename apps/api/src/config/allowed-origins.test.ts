// B1 PROJO_ALLOWED_ORIGINS: which entries the server accepts, and what it says about the others.
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const originsOf = (text: string, env: Readonly<Record<string, string>> = {}): readonly string[] =>
  readConfig({ ...env, PROJO_ALLOWED_ORIGINS: text }).allowedOrigins;

/** The lines of the error message; none when the settings are accepted. */
function linesOf(text: string, env: Readonly<Record<string, string>> = {}): string[] {
  try {
    originsOf(text, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}

const EXAMPLE = "such as https://app.example.com or http://localhost:5173.";

describe("PROJO_ALLOWED_ORIGINS", () => {
  it("the list of origins is empty by default", () => {
    expect(readConfig({}).allowedOrigins).toEqual([]);
    expect(originsOf("")).toEqual([]);
  });

  it.each([
    ["https://app.example.com", ["https://app.example.com"]],
    [" https://a.example.com , http://localhost:5173 ", ["https://a.example.com", "http://localhost:5173"]],
    ["HTTPS://App.Example.COM", ["https://app.example.com"]],
    ["https://app.example.com:443", ["https://app.example.com"]],
    ["http://app.example.com:80", ["http://app.example.com"]],
    ["https://app.example.com:8443", ["https://app.example.com:8443"]],
    ["https://bücher.example", ["https://xn--bcher-kva.example"]],
    ["https://xn--bcher-kva.example", ["https://xn--bcher-kva.example"]],
    ["http://127.0.0.1:5173", ["http://127.0.0.1:5173"]],
    ["http://[::1]:5173", ["http://[::1]:5173"]],
    ["http://[0:0:0:0:0:0:0:1]:80", ["http://[::1]"]],
    ["https://my_app.example.com", ["https://my_app.example.com"]],
  ])("accepts %j in the form that browsers send", (text, origins) => {
    expect(originsOf(text)).toEqual(origins);
  });

  it.each([
    [
      "*",
      'has "*": answers to an allowed origin permit credentials, so "*" would let every site act as the signed-in user.',
    ],
    ["null", 'has "null": every site can open a page with the origin null.'],
    ["https://*.example.com", 'has "https://*.example.com": a wildcard is not supported,'],
    ["https://app.example.com:*", 'has "https://app.example.com:*": a wildcard is not supported,'],
    ["app.example.com", 'has "app.example.com" without a scheme: write an origin,'],
    ["localhost:5173", 'has "localhost:5173" without a scheme: write an origin,'],
    ["//app.example.com", 'has "//app.example.com" without a scheme: write an origin,'],
    ["capacitor://localhost", 'has "capacitor://localhost": only origins with the scheme https or http'],
    ["chrome-extension://abc", 'has "chrome-extension://abc": only origins with the scheme https or http'],
    ["file:///index.html", 'has "file:///index.html": only origins with the scheme https or http'],
    ["https://", 'has "https://", which is not an origin:'],
    ["https://app.example.com:port", 'has "https://app.example.com:port", which is not an origin:'],
    ["https://app.example.com:99999", 'has "https://app.example.com:99999", which is not an origin:'],
    ["https://a.example.com;", 'has "https://a.example.com;", which is not an origin:'],
    ['"https://a.example.com"', String.raw`has "\"https://a.example.com\"" without a scheme:`],
    ["https://a.example.com https://b.example.com", "which is not an origin:"],
    ["https://app.example.com.", 'has "https://app.example.com.", which is not an origin:'],
    ["https://.example.com", 'has "https://.example.com", which is not an origin:'],
    ["https://user:s3cret@app.example.com", "has an entry with a user name or a password: write an origin,"],
    ["user:s3cret@app.example.com", "has an entry with a user name or a password: write an origin,"],
    ["https://a.example.com,,https://b.example.com", "has an empty entry: remove the comma."],
    ["https://a.example.com,", "has an empty entry: remove the comma."],
  ])("refuses %j", (text, message) => {
    const [line = "", ...others] = linesOf(text);
    expect(others).toEqual([]);
    expect(line).toMatch(/^PROJO_ALLOWED_ORIGINS has .*\.$/);
    expect(line).toContain(message);
    expect(line.endsWith(EXAMPLE) || line.endsWith("remove the comma.")).toBe(true);
    expect(line).not.toContain("s3cret");
  });

  it.each([
    ["https://App.example.com/", "https://app.example.com"],
    ["https://app.example.com:443/login?a#b", "https://app.example.com"],
    ["https://app.example.com?a", "https://app.example.com"],
    ["https://app.example.com#a", "https://app.example.com"],
    [String.raw`https://app.example.com\a`, "https://app.example.com"],
    ["http://localhost:5173/", "http://localhost:5173"],
  ])("refuses %j and names the origin", (text, origin) => {
    expect(linesOf(text)).toEqual([
      `PROJO_ALLOWED_ORIGINS has ${JSON.stringify(text)}: an origin has no path, query or fragment. Write ${origin}.`,
    ]);
  });

  it("refuses an origin that is listed twice, also in another form", () => {
    expect(linesOf("https://a.example.com,HTTPS://A.example.com:443,https://b.example.com")).toEqual([
      'PROJO_ALLOWED_ORIGINS has "HTTPS://A.example.com:443", which repeats https://a.example.com: remove it.',
    ]);
  });

  it("prints a line for each wrong entry", () => {
    const lines = linesOf("*,https://a.example.com,https://b.example.com/");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('has "*"');
    expect(lines[1]).toContain('has "https://b.example.com/"');
  });
});

describe("PROJO_ALLOWED_ORIGINS in production", () => {
  const production = {
    PROJO_ENV: "production",
    PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
    PROJO_SMTP_URL: "smtps://user:s3cret@mail.example.com",
    PROJO_MAIL_FROM: "mail@example.com",
    PROJO_APP_URL: "https://app.example.com",
  };

  it("refuses each origin without TLS that is not on this machine", () => {
    const lines = linesOf("http://app.example.com,https://b.example.com,http://10.0.0.5:8080", production);
    expect(lines).toEqual(
      ["http://app.example.com", "http://10.0.0.5:8080"].map(
        (origin) =>
          `PROJO_ALLOWED_ORIGINS has ${origin}, and PROJO_ENV is production: without TLS, others on the network can change its pages and act as their users. Serve the pages over https:// and list that origin.`,
      ),
    );
    for (const host of ["localhost.example.com", "127.0.0.1.example.com", "app.localhost"])
      expect(linesOf(`http://${host}`, production)).toHaveLength(1);
  });

  it("accepts origins on this machine, and all origins in development", () => {
    const local = ["http://localhost:5173", "http://127.0.0.1:5173", "http://[::1]:5173"];
    expect(originsOf(local.join(","), production)).toEqual(local);
    expect(originsOf("http://app.example.com")).toEqual(["http://app.example.com"]);
  });
});
