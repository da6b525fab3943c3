// The present row in the error of a version conflict.
import { inspect } from "node:util";
import { expect, expectTypeOf, it } from "vitest";
import { createClient, isReason, type Project, type Task } from "../src/index.ts";

const current = {
  id: "t",
  projectId: "p",
  title: "A secret title",
  status: "todo",
  createdBy: "u",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-02T00:00:00.000Z",
  version: 2,
};

const failingWith = (more: object) =>
  createClient({
    baseUrl: "http://127.0.0.1:9",
    fetch: async () =>
      Response.json(
        {
          error: {
            message: "This task has changed.",
            code: -32_009,
            data: {
              code: "CONFLICT",
              httpStatus: 409,
              reason: "task.version_conflict",
              requestId: "r",
              ...more,
            },
          },
        },
        { status: 409 },
      ),
  })
    .tasks.update({ id: "t", title: "Mine", expectedVersion: 1 })
    .catch((error: unknown) => error);

it("an error of a version conflict has the present row, with its type", async () => {
  const error = await failingWith({ current });
  if (!isReason(error, "task.version_conflict")) throw error;
  expectTypeOf(error.current).toEqualTypeOf<Task | undefined>();
  expect(error.current).toEqual(current);
  const other: unknown = undefined;
  if (isReason(other, "project.version_conflict"))
    expectTypeOf(other.current).toEqualTypeOf<Project | undefined>();
  if (isReason(other, "task.not_found")) expectTypeOf(other.current).toEqualTypeOf<undefined>();
});

it("the row is absent without the right to read it, and in an answer of another form", async () => {
  for (const more of [{}, { current: null }, { current: "a text" }]) {
    const error = await failingWith(more);
    if (!isReason(error, "task.version_conflict")) throw error;
    expect(error.current).toBeUndefined();
  }
});

it("inspectors and JSON do not show the row", async () => {
  const error = await failingWith({ current });
  expect(inspect(error, { depth: null })).not.toContain("secret");
  expect(JSON.stringify(error)).not.toContain("secret");
});
