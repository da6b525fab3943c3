import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type Shell } from "../kit.ts";
import { jsonOf } from "../people.ts";
import { recording } from "./recording.ts";

let server: TestServer;
let ann: Shell;
beforeAll(async () => {
  server = await startTestServer();
  ann = await openSignedIn(server.url);
});
afterAll(async () => {
  await ann?.close();
  await server?.close();
});

const projo = (...argv: string[]) => expectDone(ann.projo(argv));
const make = async (name: string, tasks = 0) => {
  const id = (await projo("projects", "create", name)).out.trim();
  for (let n = 0; n < tasks; n += 1) await projo("tasks", "create", `Task ${n}`, "--project", id);
  return id;
};

describe("A project", () => {
  it("is shown with the number of its tasks, by id, name and the beginning of the id", async () => {
    const id = await make("Website", 2);
    for (const text of [id, "WEBSITE ", id.toUpperCase(), id.slice(0, 22)]) {
      const { out } = await projo("projects", "get", text);
      expect(out.split("\n").slice(0, 4)).toEqual([
        `ID:          ${id}`,
        "Name:        Website",
        "Tasks:       2",
        "Created by:  ann@example.com",
      ]);
      expect(await jsonOf(ann, "projects", "show", text)).toMatchObject({ id, taskCount: 2 });
    }
    const { fetch, operations } = recording();
    await expectDone(ann.projo(["projects", "get", id, "--json"], { fetch }));
    expect(operations).toEqual(["projects.get"]);
  });

  it("is shown by a server that does not count", async () => {
    const id = await make("Uncounted");
    const { fetch } = recording((_operation, url) => url.replace("%22include%22", "%22ofLater%22"));
    const { out } = await expectDone(ann.projo(["projects", "get", id], { fetch }));
    expect(out).toContain("Tasks:       -\n");
  });

  it("is found by its name first, if the name could begin an id", async () => {
    const id = await make("0123");
    const other = await make("Other");
    const start = other.slice(0, 4);
    await make(start);
    expect(await jsonOf(ann, "projects", "get", "0123")).toMatchObject({ id });
    expect(await jsonOf(ann, "projects", "get", start)).toMatchObject({ name: start });
    const { code, err } = await ann.projo(["projects", "get", start.slice(0, 3)]);
    expect([code, err]).toEqual([
      1,
      `projo: There is no project "${start.slice(0, 3)}". Did you mean ${start}? See: projo projects list\n`,
    ]);
  });

  it("is renamed", async () => {
    const id = await make("Before");
    expect((await projo("projects", "rename", "before", "After")).err).toBe(
      "The project Before is now named After.\n",
    );
    expect(await jsonOf(ann, "projects", "edit", id, "Again")).toMatchObject({ id, name: "Again" });
  });
});

const plain = (text: string) => text.replaceAll(/[0-9a-f-]{24,36}/g, "ID");

describe("The deletion of projects", () => {
  it("says how many tasks go with a project, before and after", async () => {
    await make("Doomed", 3);
    const argv = ["projects", "delete", "Doomed"];
    expect(await ann.projo(argv)).toEqual({
      code: 2,
      out: "",
      err: "projo: There is no terminal to ask for confirmation. To delete the project Doomed and its 3 tasks, add --yes\n",
    });
    const unsure = await ann.projo(argv, { types: [["Delete the project Doomed and its 3 tasks?", "n"]] });
    expect(unsure.err).toContain("The project was not deleted.");
    await projo("tasks", "create", "One more", "--project", "Doomed");
    expect((await projo(...argv, "--yes")).err).toBe("Deleted the project Doomed and its 4 tasks.\n");
  });

  it("deletes several after one question, and reports one that was deleted meanwhile", async () => {
    const [one, two] = [await make("One", 1), await make("Two")];
    let raced: Promise<unknown> | undefined;
    // Both calls wait, because either can be the first one.
    const { fetch } = recording(async (operation) => {
      if (operation === "projects.delete") await (raced ??= projo("projects", "delete", one, "--yes"));
    });
    const { code, err } = await ann.projo(["projects", "delete", "One", two, "ONE"], {
      fetch,
      types: [["Delete 2 projects and all their tasks?", "y"]],
    });
    expect(code).toBe(1);
    expect(err).toContain("  One and its 1 task\n  Two, which has no tasks\n");
    expect(err).toContain("Deleted the project Two, which had no tasks.\n");
    expect(err).toMatch(/One: There is no such project.*\n/);
    expect(err).toContain("1 of 2 projects was not deleted.");
  });

  it("of another workspace looks like that of an absent one", async () => {
    const id = await make("Kept");
    const other = await openSignedIn(server.url, "bob@example.com");
    for (const [digits, yes] of [
      [36, "--yes"],
      [36, "--json"],
      [24, "--yes"],
    ] as const) {
      const absent = `${"0".repeat(8)}-0000-7000-8000-${"0".repeat(12)}`;
      const [foreign, missing] = [
        await other.projo(["projects", "delete", id.slice(0, digits), yes]),
        await other.projo(["projects", "delete", absent.slice(0, digits), yes]),
      ];
      expect(plain(foreign.err)).toBe(plain(missing.err));
      expect(foreign.code).toBe(1);
    }
    await other.close();
  });
});
