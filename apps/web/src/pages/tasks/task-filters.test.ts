import type { Task } from "@projostack/sdk";
import { describe, expect, it } from "vitest";
import { beginsWith, filterQuery, readFilters, selectsTasks, withFilter } from "./task-filters.ts";

const id = "0198c2a4-7d10-7abc-8def-0123456789ab";
const otherId = "0198c2a4-7d10-7abc-8def-0123456789ac";
const task: Task = {
  id: otherId,
  projectId: id,
  title: "Write the release notes",
  status: "todo",
  createdBy: id,
  createdAt: "2026-01-31T12:00:00.000Z",
  updatedAt: "2026-01-31T12:00:00.000Z",
  version: 1,
};

describe("readFilters", () => {
  it("reads what filterQuery writes", () => {
    const filters = {
      projectId: id,
      status: "doing",
      createdBy: otherId,
      search: "a & b",
      order: "oldest",
    } as const;
    expect(readFilters(new URLSearchParams(filterQuery(filters)))).toEqual(filters);
  });

  it("ignores what the server would refuse, and the default order", () => {
    const query = new URLSearchParams("project=1&status=open&creator=x&search=+&order=newest&page=2");
    expect(readFilters(query)).toEqual({});
  });
});

it("removes a filter whose value is empty, and keeps the others", () => {
  const query = new URLSearchParams(filterQuery({ projectId: id, status: "done" }));
  expect(readFilters(withFilter(query, "status", ""))).toEqual({ projectId: id });
});

it("selectsTasks does not count the order as a filter", () => {
  expect([selectsTasks({ order: "oldest" }), selectsTasks({ search: "x" })]).toEqual([false, true]);
});

it("puts a new task at the front of a list only if the filters and the order show it there", () => {
  expect(beginsWith({ projectId: id, status: "todo", createdBy: id, order: "last_changed" }, task)).toBe(
    true,
  );
  for (const filters of [
    { projectId: otherId },
    { status: "done" },
    { createdBy: otherId },
    { search: "release" },
    { order: "oldest" },
  ] as const) {
    expect(beginsWith(filters, task), JSON.stringify(filters)).toBe(false);
  }
});
