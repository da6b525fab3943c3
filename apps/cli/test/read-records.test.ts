import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { readRecords } from "../src/import/read-records.ts";

async function read(...chunks: (string | Uint8Array)[]) {
  const records: [number, ...string[]][] = [];
  const file = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const { line, fields } of readRecords(file)) {
    records.push([line, ...fields.map((field) => field.toString("utf8"))]);
  }
  return records;
}

it("reads the same records for any split of the file into chunks", async () => {
  const bytes = Buffer.from('\ufeffa,b\r\n1,"x\r\ny"\r\n\r\n2,"""q"" 😀"\r\n');
  const whole = await read(bytes);
  expect(whole).toEqual([
    [1, "a", "b"],
    [2, "1", "x\r\ny"],
    [5, "2", '"q" 😀'],
  ]);
  expect(await read(...Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(whole);
});

it("keeps a quote inside an unquoted field", async () => {
  expect(await read('1,fix "this" now\n2,5" disk\n')).toEqual([
    [1, "1", 'fix "this" now'],
    [2, "2", '5" disk'],
  ]);
});

it("reads a field with spaces around its quotes, and keeps a quote inside a quoted field", async () => {
  expect(await read('"Docs" , "a ""b""" ,x\n1,"say "hi" now",2\n3,"last",4\n')).toEqual([
    [1, "Docs", 'a "b"', "x"],
    [2, "1", '"say "hi" now"', "2"],
    [3, "3", "last", "4"],
  ]);
});

it("accepts mixed line endings and a last line without a line ending", async () => {
  expect(await read("a,b\nc,d\r\ne,f")).toEqual([
    [1, "a", "b"],
    [2, "c", "d"],
    [3, "e", "f"],
  ]);
});

it("stops at an unclosed quote and reports the line where it opens", async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => `${index},b\n`);
  for (const filler of [10, 3_000_000]) {
    const records: number[] = [];
    const text = `${rows.join("")}x,"c\n${"filler\n".repeat(filler)}`;
    const cut = Array.from({ length: Math.ceil(text.length / 65_536) }, (_, index) =>
      Buffer.from(text.slice(index * 65_536, (index + 1) * 65_536)),
    );
    const reading = async () => {
      for await (const { line } of readRecords(Readable.from(cut))) records.push(line);
    };
    await expect(reading()).rejects.toMatchObject({ name: "UnclosedQuote", line: 1001 });
    expect(records).toHaveLength(1000);
  }
});

it("passes on a read error of the file", async () => {
  const broken = new Readable({ read: () => {} });
  setImmediate(() => broken.destroy(new Error("the disk is gone")));
  await expect(readRecords(broken).next()).rejects.toThrow("the disk is gone");
});
