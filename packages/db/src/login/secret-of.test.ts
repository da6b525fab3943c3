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

describe("a secret", () => {
  it("comes from its variable, or from the file that its variable with _FILE names, without the newline at its end", () => {
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

  it("may be read by others, as containers have it", () => {
    expect(secretOf({ KEY_FILE: file("readable", "s3cret", 0o444) }, "KEY")).toBe("s3cret");
  });

  it.each([
    [
      "both are set",
      () => ({ KEY: "s3cret", KEY_FILE: file("both", "s3cret") }),
      /^KEY and KEY_FILE are both set/,
    ],
    [
      "the file is not there",
      () => ({ KEY_FILE: join(directory, "absent") }),
      /^KEY_FILE names the file \S+absent, which cannot be read \(ENOENT\)/,
    ],
    [
      "it is a directory",
      () => ({ KEY_FILE: directory }),
      /^KEY_FILE names the file .+ cannot be read \(EISDIR\)/,
    ],
    ["it is empty", () => ({ KEY_FILE: file("empty", "\n") }), /^KEY_FILE names the file .+ is empty/],
    [
      "everybody may write it",
      () => ({ KEY_FILE: file("open", "s3cret", 0o666) }),
      /^KEY_FILE names the file .+ everybody may write: chmod o-w/,
    ],
    [
      "it is too long",
      () => ({ KEY_FILE: file("long", "s3cret".repeat(20_000)) }),
      /^KEY_FILE names the file .+ too long/,
    ],
  ] satisfies [string, () => Record<string, string>, RegExp][])(
    "A3 is refused when %s, in a line without what it holds",
    (_why, env, expected) => {
      const reading = () => secretOf(env(), "KEY");
      expect(reading).toThrow(SecretError);
      expect(reading).toThrow(expected);
      expect(reading).not.toThrow(/s3cret|\n/);
    },
  );
});
