import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fit } from "../src/terminal/fit.ts";
import { sanitize, sanitizeJson } from "../src/terminal/sanitize.ts";
import { table } from "../src/terminal/table.ts";
import { expectDone, openSignedIn, type Shell } from "./kit.ts";

// Attacks in a title: a new window title, a cleared screen, a link, clipboard access and a direction override.
const hostile =
  "\u001b]0;owned\u0007 \u001b[2J \u001b]8;;http://x\u001b\\ \u009b31m \u001b]52;c;eA==\u0007 \u202egnp.exe \u2066 \r \b \u007f";
// oxlint-disable-next-line no-control-regex -- these characters must be removed
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

describe("untrusted text", () => {
  it("cannot control the terminal", () => {
    expect(sanitize(hostile)).not.toMatch(controls);
    expect(sanitize("a\u001b[31mb\tc")).toBe("a␛[31mb c");
    expect(sanitize("Émile 👩‍👩‍👧 עברית 日本")).toBe("Émile 👩‍👩‍👧 עברית 日本");
  });

  it("keeps its value in JSON and cannot control the terminal there", () => {
    const json = sanitizeJson({ title: hostile, emoji: "👩‍👩‍👧" });
    expect(json).not.toMatch(controls);
    expect(JSON.parse(json)).toEqual({ title: hostile, emoji: "👩‍👩‍👧" });
  });
});

describe("a table", () => {
  const items = [
    { id: "1", title: "Short", by: "Ann" },
    { id: "2", title: "A title that goes on and on and on", by: "A name that is long" },
    { id: "3", title: "日本語のタイトルはとても長い", by: "漢字" },
  ];
  const columns = [
    { head: "ID", cell: (item: (typeof items)[0]) => item.id },
    { head: "BY", cell: (item: (typeof items)[0]) => item.by, maxWidth: 8 },
    { head: "TITLE", cell: (item: (typeof items)[0]) => item.title },
  ];

  it("fits the terminal's width, with wide characters counted as two columns", () => {
    expect(table(items, columns, { columns: 30, colour: false })).toBe(
      [
        "ID  BY       TITLE",
        "1   Ann      Short",
        "2   A name…  A title that goe…",
        "3   漢字     日本語のタイトル…",
      ].join("\n"),
    );
  });

  it("truncates nothing when the output is not a terminal", () => {
    expect(table(items, columns, { columns: undefined, colour: false })).toContain(
      "2   A name that is long  A title that goes on and on and on",
    );
  });

  it("colours its headings only when colours are on", () => {
    expect(table(items, columns, { columns: 30, colour: true })).toContain("\u001b[2mID\u001b[22m");
  });
});

describe("a truncated text", () => {
  it("fits the width and splits no grapheme", () => {
    expect(fit("hello", 5)).toBe("hello");
    expect(fit("hello!", 5)).toBe("hell…");
    expect(fit("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 5)).toBe("👩‍👩‍👧👩‍👩‍👧…");
    expect(fit("e\u0301e\u0301e\u0301", 2)).toBe("e\u0301…");
    expect(fit("日本語", 5)).toBe("日本…");
  });
});

describe("output for data of a real server", () => {
  let server: TestServer;
  let shell: Shell;

  const list = async (options: object) => (await expectDone(shell.projo(["tasks", "list"], options))).out;

  beforeAll(async () => {
    server = await startTestServer();
    shell = await openSignedIn(server.url);
    await expectDone(shell.projo(["projects", "create", "Pevil"]));
    // The server refuses this name now. It can come from an earlier release.
    await server.database.owner("UPDATE projects SET name = $1", ["P\u202eevil"]);
    await expectDone(
      shell.projo(["tasks", "create", "A\ttab and \u202eoverride", "--project", "P\u202eevil"]),
    );
  });

  afterAll(async () => {
    await shell?.close();
    await server?.close();
  });

  it("sanitizes tables, messages and JSON", async () => {
    const { out } = await expectDone(shell.projo(["tasks", "list"]));
    expect(out).toMatch(/\tP\ufffdevil\tA\\ttab and \ufffdoverride\t/m);
    const json = await expectDone(shell.projo(["tasks", "list", "--json"]));
    expect(json.out).not.toMatch(controls);
    expect(JSON.parse(json.out)).toMatchObject({ items: [{ title: "A\ttab and \u202eoverride" }] });
    const { err } = await shell.projo(["tasks", "list", "--project", "\u001b[2Jx"]);
    expect(err).toBe('projo: There is no project "␛[2Jx". See: projo projects list\n');
  });

  it("prints full ids if they fit, and their beginnings in a narrow terminal", async () => {
    const wide = await list({ columns: 100, env: { NO_COLOR: "1" } });
    const [id = ""] = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12} /m.exec(wide) ?? [];
    expect(id).not.toBe("");
    const narrow = await list({ columns: 60, env: { NO_COLOR: "1" } });
    expect(narrow).toMatch(new RegExp(`^${id.slice(0, 13)} `, "m"));
  });

  it("prints colours only to a terminal that supports them", async () => {
    expect(await list({ columns: 100 })).toContain("\u001b[");
    expect(await list({ columns: 100, env: { NO_COLOR: "1" } })).not.toContain("\u001b[");
    expect(await list({ columns: 100, env: { TERM: "dumb" } })).not.toContain("\u001b[");
    expect(await list({})).not.toContain("\u001b[");
  });
});
