import { describe, expect, expectTypeOf, it } from "vitest";
import { isProjoError, isReason, ProjoError, type Reason, type ReasonsOf } from "../src/index.ts";
import { projoError } from "../src/testing.ts";

const missing: unknown = projoError("task.not_found", { operation: "tasks.get" });

describe("isReason", () => {
  it("returns true for an error with one of the reasons", () => {
    expect(isReason(missing, "task.not_found")).toBe(true);
    expect(isReason(missing, "key.not_found", "task.not_found")).toBe(true);
    expect(isReason(missing, "key.not_found")).toBe(false);
    expect(isReason(Object.assign(new Error("no"), { reason: "task.not_found" }), "task.not_found")).toBe(
      false,
    );
    expect(isReason(undefined, "task.not_found")).toBe(false);
  });

  it("refuses a misspelt reason at compile time and narrows the error", () => {
    // @ts-expect-error there is no such reason
    expect(isReason(missing, "task.notfound")).toBe(false);
    const narrowed = isReason(missing, "task.not_found", "key.not_found") ? missing : undefined;
    expectTypeOf(narrowed?.reason).toEqualTypeOf<"task.not_found" | "key.not_found" | undefined>();
    const error: ProjoError | undefined = narrowed;
    expect(error).toBe(missing);
  });
});

describe("isProjoError with an operation", () => {
  it("returns true for an error of this operation only", () => {
    expect(isProjoError(missing, "tasks.get")).toBe(true);
    expect(isProjoError(missing, "tasks.delete")).toBe(false);
    expect(isProjoError(new Error("no"), "tasks.get")).toBe(false);
    // @ts-expect-error there is no such operation
    expect(isProjoError(missing, "tasks.gte")).toBe(false);
  });

  it("narrows to the reasons of the operation, and accepts a reason of a newer server", () => {
    const newer: unknown = new ProjoError("no", {
      operation: "tasks.get",
      code: "NEW",
      reason: "task.newer",
    });
    const narrowed = isProjoError(newer, "tasks.get") ? newer : undefined;
    expectTypeOf(narrowed?.operation).toEqualTypeOf<"tasks.get" | undefined>();
    const error: ProjoError | undefined = narrowed;
    expect(error?.reason).toBe("task.newer");
    expect(narrowed?.reason === "task.newer").toBe(true);
  });
});

describe("ReasonsOf", () => {
  it("contains the reasons of the operation and the common ones, and no others", () => {
    expectTypeOf<ReasonsOf<"tasks.get">>().toExtend<Reason>();
    expectTypeOf<"task.not_found" | "permission.denied" | "limit.exceeded">().toExtend<
      ReasonsOf<"tasks.get">
    >();
    expectTypeOf<"key.not_found">().not.toExtend<ReasonsOf<"tasks.get">>();
    // @ts-expect-error there is no such reason
    const wrong: ReasonsOf<"tasks.get"> = "task.notfound";
    expect(wrong).toBe("task.notfound");
  });
});
