// projo_fold, which compares names and titles (docs/text.md), gives the same result in every database.
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { withOwner } from "../src/index.ts";
import { readMigrations } from "../src/migrations/read-migrations.ts";
import { fold } from "./kit/fold.ts";
import { createTestDatabase, type TestDatabase } from "./kit/index.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Every character that this version of Node knows. */
const characters = (): string[] =>
  Array.from({ length: 0x11_00_00 - 1 }, (_, n) => n + 1)
    .filter((point) => point < 0xd800 || point > 0xdfff)
    .map((point) => String.fromCodePoint(point))
    .filter((one) => /\P{Cn}/u.test(one) && !/\p{Co}/u.test(one));

/** The results of an SQL expression for texts, in order. */
async function mapped(texts: readonly string[], expression: string, name?: string): Promise<string[]> {
  const results: string[] = [];
  for (let at = 0; at < texts.length; at += 20_000) {
    const part = texts.slice(at, at + 20_000);
    const query = `SELECT ${expression} AS result FROM unnest($1::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place`;
    const rows =
      name === undefined
        ? await database.owner<{ result: string }>(query, [part])
        : await withOwner({ ...inject("cluster").owner, database: name }, async (client) => {
            return (await client.query<{ result: string }>(query, [part])).rows;
          });
    results.push(...rows.map(({ result }) => result));
  }
  return results;
}

const sql = async (text: string): Promise<string> => (await mapped([text], "projo_fold(text)"))[0] ?? "";

describe("projo_fold", () => {
  it("folds every character as its definition in JavaScript does", async () => {
    const all = characters();
    const folded = await mapped(all, "projo_fold(text)");
    const different = all.filter((one, nth) => folded[nth] !== fold(one));
    expect(different.map((one) => `U+${one.codePointAt(0)?.toString(16)}`)).toEqual([]);
    expect(all.length).toBeGreaterThan(140_000);
    expect(all.filter((one, nth) => folded[nth] !== one).length).toBeGreaterThan(3_000);
  });

  it("gives the same result for a text, its folded form, and its composed and decomposed forms", async () => {
    // Each character stands before and after letters and marks with which it may join.
    const all = characters().filter(
      (one) => fold(one) !== one || one.normalize("NFD") !== one || /\p{M}/u.test(one),
    );
    const given = all.flatMap((one) => [one, `a${one}\u0301`, `I${one}\u0323`, `\u1100${one}\u11a8`]);
    // PostgreSQL and Node can know different versions of Unicode. The order of newer marks is left out.
    const composed = await mapped(given, "normalize(text, NFC)");
    const texts = given.filter((text, nth) => composed[nth] === text.normalize("NFC"));
    expect(texts.length / given.length).toBeGreaterThan(0.99);
    const folded = await mapped(texts, "projo_fold(text)");
    expect(folded).toEqual(texts.map(fold));
    for (const expression of [
      "projo_fold(projo_fold(text))",
      "projo_fold(normalize(text, NFD))",
      "projo_fold(normalize(text, NFC))",
    ]) {
      const again = await mapped(texts, expression);
      expect(
        texts.filter((_, nth) => again[nth] !== folded[nth]),
        expression,
      ).toEqual([]);
    }
  });

  it("makes equal what PostgreSQL's own full case folding makes equal", async ({ skip }) => {
    const [row] = await database.owner<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    skip((row?.version ?? 0) < 180_000, "casefold() exists since PostgreSQL 18");
    const all = characters();
    const folded = await mapped(all, "projo_fold(text)");
    const theirs = await mapped(all, `projo_fold(casefold(text COLLATE "pg_unicode_fast"))`);
    expect(all.filter((_, nth) => theirs[nth] !== folded[nth])).toEqual([]);
  });

  it.each([
    ["decomposed accents", "Cafe\u0301", "CAFÉ"],
    ["marks in another order", "a\u0323\u0307", "a\u0307\u0323"],
    ["Hangul in letters", "\u1112\u1161\u11ab\u1100\u1173\u11af", "한글"],
    ["a final sigma", "ΟΔΟΣ", "οδος"],
    ["Greek with iota subscript", "ᾼ", "αι"],
    ["a sharp s", "STRASSE", "straße"],
    ["a capital sharp s", "ẞ", "ss"],
    ["a Turkish capital i with dot", "İSTANBUL", "istanbul"],
    ["a Turkish i without dot", "ISPARTA", "ısparta"],
    ["a dot that JavaScript leaves", "İ".toLowerCase(), "i"],
    ["Cyrillic", "ПРИВЕТ, ЇЖАК", "привет, їжак"],
    ["Armenian ligatures", "և", "ԵՒ"],
    ["Georgian capitals", "ᲗᲑᲘᲚᲘᲡᲘ", "თბილისი"],
    ["Cherokee", "ᏣᎳᎩ", "ꮳꮃꭹ"],
    ["Deseret", "𐐀", "𐐨"],
    ["Latin ligatures", "ﬃ", "FFI"],
    ["the Kelvin and Ångström signs", "\u212a\u212b", "kå"],
    ["full-width letters", "Ｐｒｏｊｅｃｔ　１", "project 1"],
    ["half-width Katakana", "ｶﾞｷﾞ", "ガギ"],
    ["spaces of any kind", " two\u00a0\u2003 words\t", "two words"],
    ["a soft hyphen and zero-width spaces", "so\u00adft\u200b\ufeff\u2060", "soft"],
    ["marks of direction", "\u200fשלום\u200e\u202e", "שלום"],
    ["Persian with and without a joiner", "می\u200cخواهم", "میخواهم"],
    ["emoji in text and colour", "❤\ufe0f", "❤"],
    ["blank letters", "\u3164\u2800x\u115f", "x"],
  ])("makes %s equal", async (_, one, other) => {
    expect(await sql(one)).toBe(await sql(other));
    expect(await sql(one)).toBe(fold(other));
  });

  it.each([
    ["a letter and the letter with an accent", "e", "é"],
    ["German umlauts and their spelling", "ä", "ae"],
    ["Hiragana and Katakana", "か", "カ"],
    ["superscripts", "m²", "m2"],
    ["letters of two scripts that look alike", "a", "а"],
    [
      "flags of two regions",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e007f}",
      "🏴\u{e0067}\u{e0062}\u{e0073}\u{e007f}",
    ],
    ["one and two words", "ab", "a b"],
  ])("keeps %s apart", async (_, one, other) => {
    expect(await sql(one)).not.toBe(await sql(other));
  });
});

describe("projo_fold in a database with another locale", () => {
  const locales = [
    ["Turkish of ICU", "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'"],
    ["German of ICU", "LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' LOCALE 'C'"],
    ["C of the operating system", "LOCALE_PROVIDER libc LOCALE 'C'"],
  ] as const;

  it.each(locales)("gives the same results: %s", async (_, locale) => {
    const name = `projo_test_fold_${randomUUID().slice(0, 8)}`;
    const { owner } = inject("cluster");
    const elsewhere = (text: string) =>
      withOwner({ ...owner, database: "postgres" }, (client) => client.query(text));
    await elsewhere(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' ${locale}`);
    try {
      await withOwner({ ...owner, database: name }, (client) => client.query(foldFunction));
      const all = characters().filter((one) => fold(one) !== one || /\p{M}/u.test(one));
      const texts = [...all, ...all.map((one) => `Iİ${one}ıß `)];
      expect(digest(await mapped(texts, "projo_fold(text)", name))).toBe(digest(texts.map(fold)));
    } finally {
      await elsewhere(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});

const digest = (texts: readonly string[]) => createHash("sha256").update(JSON.stringify(texts)).digest("hex");

const migration =
  (await readMigrations()).find(({ name }) => name === "20261129040000_folded_text")?.sql ?? "";
const foldFunction = /^CREATE OR REPLACE FUNCTION "projo_fold"[^]*?^\$\$;$/mu.exec(migration)?.[0] ?? "";

it("the migration refuses a database with another encoding and an incomplete index", async () => {
  const name = `projo_test_latin_${randomUUID().slice(0, 8)}`;
  const { owner } = inject("cluster");
  await withOwner({ ...owner, database: "postgres" }, (client) =>
    client.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'`,
    ),
  );
  const [check = ""] = /^DO \$\$[^]*?^\$\$;$/mu.exec(migration) ?? [];
  try {
    await withOwner({ ...owner, database: name }, async (client) => {
      await expect(client.query(check)).rejects.toThrow("The encoding of the database is LATIN1");
    });
    await database.owner(check);
    // A later migration drops the index.
    await database.owner("CREATE INDEX tasks_folded_idx ON tasks (id)");
    await database.owner(
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'tasks_folded_idx'::regclass",
    );
    await expect(database.owner(check)).rejects.toThrow("tasks_folded_idx is incomplete");
  } finally {
    await database.owner("DROP INDEX IF EXISTS tasks_folded_idx");
    await withOwner({ ...owner, database: "postgres" }, (client) =>
      client.query(`DROP DATABASE ${name} WITH (FORCE)`),
    );
  }
});
