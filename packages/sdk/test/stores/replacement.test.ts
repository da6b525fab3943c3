import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareReplacement, removeAbandoned } from "../../src/node/shared-file/replacement.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-replacement-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe("the replacement of a file", () => {
  it("reserves its space before the work and keeps the file when it is discarded", async () => {
    const file = join(directory, "kept.json");
    await writeFile(file, "before");
    const replacement = await prepareReplacement(file, 4_096);
    const [draft] = (await readdir(directory)).filter((name) => name !== "kept.json");
    expect((await stat(join(directory, draft ?? ""))).size).toBe("before".length + 4_096);
    expect((await stat(join(directory, draft ?? ""))).mode & 0o777).toBe(0o600);
    await replacement.discard();
    expect(await readFile(file, "utf8")).toBe("before");
    expect(await readdir(directory)).toEqual(["kept.json"]);
    await rm(file);
  });

  it("removes drafts that killed processes left, and no other file", async () => {
    const file = join(directory, "kept.json");
    const uuid = "01234567-89ab-4cde-8f01-23456789abcd";
    const old = new Date(Date.now() - 3_600_000);
    for (const name of [`kept.json.${uuid}`, "kept.json.backup"]) {
      await writeFile(join(directory, name), "x");
      await utimes(join(directory, name), old, old);
    }
    const young = `kept.json.${uuid.replace("0", "f")}`;
    await writeFile(join(directory, young), "x");
    await removeAbandoned(file);
    expect((await readdir(directory)).toSorted()).toEqual(["kept.json.backup", young].toSorted());
    for (const name of ["kept.json.backup", young]) await rm(join(directory, name));
  });
});
