import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SecretError, secretOf } from "./secret-of.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "projo-secret-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe("secretOf", () => {
  it("reads the variable, or the file named by the variable with _FILE, without its final newlines", () => {
    expect(secretOf({ KEY: "s3cret" }, "KEY")).toBe("s3cret");
    expect(secretOf({ KEY: "", KEY_FILE: "" }, "KEY")).toBeUndefined();
    for (const [name, content] of [
      ["plain", "s3cret"],
      ["newline", "s3cret\n"],
      ["windows", "s3cret\r\n"],
    ] as const) {
      expect(secretOf({ KEY: "", KEY_FILE: file(name, content) }, "KEY"), name).toBe("s3cret");
    }
    expect(secretOf({ KEY_FILE: file("inner", " a\nb \n") }, "KEY")).toBe(" a\nb ");
  });

  it("accepts a file that other users can read, as in containers", () => {
    expect(secretOf({ KEY_FILE: file("readable", "s3cret", 0o444) }, "KEY")).toBe("s3cret");
  });

  it.each([
    [
      "both are set",
      () => ({ KEY: "s3cret", KEY_FILE: file("both", "s3cret") }),
      /^KEY and KEY_FILE are both set/,
    ],
    [
      "the file does not exist",
      () => ({ KEY_FILE: join(directory, "absent") }),
      /^KEY_FILE names the file \S+absent, which cannot be read \(ENOENT\)/,
    ],
    [
      "the file is a directory",
      () => ({ KEY_FILE: directory }),
      /^KEY_FILE names the file .+ cannot be read \(EISDIR\)/,
    ],
    ["the file is empty", () => ({ KEY_FILE: file("empty", "\n") }), /^KEY_FILE names the file .+ is empty/],
    [
      "every user can write the file",
      () => ({ KEY_FILE: file("open", "s3cret", 0o666) }),
      /^KEY_FILE names the file .+ which every user can write: run chmod o-w/,
    ],
    [
      "the file is too long",
      () => ({ KEY_FILE: file("long", "s3cret".repeat(20_000)) }),
      /^KEY_FILE names the file .+ too long/,
    ],
  ] satisfies [string, () => Record<string, string>, RegExp][])(
    "A3 throws a SecretError of one line without the secret when %s",
    (_why, env, expected) => {
      const reading = () => secretOf(env(), "KEY");
      expect(reading).toThrow(SecretError);
      expect(reading).toThrow(expected);
      expect(reading).not.toThrow(/s3cret|\n/);
    },
  );
});
