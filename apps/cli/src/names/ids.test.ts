import { expect, it } from "vitest";
import { readId, readIdPrefix, withIdPrefix } from "./ids.ts";

const ID = "019ac5a2-5d0f-7c3e-9a53-0f8a1d9a2c11";

it.each([ID, ` ${ID}\n`, ID.toUpperCase(), `{${ID}}`, ` { ${ID.toUpperCase()} } `, ID.replaceAll("-", "")])(
  "reads the whole id in %j",
  (text) => {
    expect(readId(text)).toBe(ID);
  },
);

it.each([
  "",
  "019a",
  ID.slice(0, 35),
  `${ID}0`,
  `${ID} ${ID}`,
  ID.replace("a", "g"),
  `{${ID}`,
  `0-${ID.slice(2)}`,
])("reads no whole id in %j", (text) => {
  expect(readId(text)).toBeUndefined();
});

it.each([
  ["019a", "019a"],
  ["019AC5A2-", "019ac5a2"],
  ["019ac5a2-5d0f-7…", "019ac5a25d0f7"],
  ["019ac5a2...", "019ac5a2"],
  ["{019ac5a2}", "019ac5a2"],
  [ID, ID.replaceAll("-", "")],
])("reads the beginning of an id in %j", (text, digits) => {
  expect(readIdPrefix(text)).toBe(digits);
});

it.each(["", "019", "…", "-", "xyz1", "019a-c5a2", "019ac5a2--5d0f", "dead beef", `${ID}0`])(
  "reads no beginning of an id in %j",
  (text) => {
    expect(readIdPrefix(text)).toBeUndefined();
    expect(withIdPrefix([{ id: ID }], text)).toEqual([]);
  },
);

it("finds the objects whose ids begin with the text", () => {
  const objects = [{ id: ID }, { id: "019ac5a3-0000-7000-8000-000000000000" }];
  expect(withIdPrefix(objects, "019AC5A")).toEqual(objects);
  expect(withIdPrefix(objects, "019ac5a2-5d")).toEqual([objects[0]]);
});
