import { describe, expect, it } from "vitest";
import { inputOf, readFilters, writeFilters } from "./filters.ts";

const actor = "019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b";

describe("the filters of the audit log", () => {
  it("the filters are the same after they were written to the address and read again", () => {
    const filters = {
      action: "task.deleted",
      actor,
      target: "task:7:x",
      from: "2026-01-31",
      to: "2026-02-01",
    };
    const search = new URLSearchParams(writeFilters(filters as Parameters<typeof writeFilters>[0]));
    expect(readFilters(search)).toEqual(filters);
  });

  it("leave out what the server would refuse", () => {
    const search = "action=toString&actor=7&target=task&from=2026-13-01&to=yesterday&cursor=x";
    expect(readFilters(new URLSearchParams(search))).toEqual({});
  });

  it("include the whole last day", () => {
    const { from, to } = inputOf({ from: "2026-01-31", to: "2026-01-31" });
    expect(from).toBe(new Date(2026, 0, 31).toISOString());
    expect(to).toBe(new Date(2026, 1, 1).toISOString());
  });

  it("split a target at its first colon", () => {
    expect(inputOf({ target: "task:a:b" })).toEqual({ targetType: "task", targetId: "a:b" });
  });
});
