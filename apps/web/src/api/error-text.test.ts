import { ProjoConnectionError, ProjoError } from "@projostack/sdk";
import { describe, expect, it } from "vitest";
import { describeError, fieldErrorsOf } from "./error-text.ts";

const operation = "tasks.create";

describe("describeError", () => {
  it("shows the message of the server and the id of the request", () => {
    const error = new ProjoError("There is no such task in this workspace.", {
      operation,
      code: "NOT_FOUND",
      reason: "task.not_found",
      requestId: "req-1",
    });
    expect(describeError(error)).toEqual({
      text: "There is no such task in this workspace.",
      requestId: "req-1",
    });
  });

  it("replaces a message that speaks to programs", () => {
    const error = new ProjoError("Request another mail with email.resendVerification.", {
      operation,
      code: "FORBIDDEN",
      reason: "auth.email_unverified",
    });
    expect(describeError(error).text).toMatch(/^Your email address is not verified\./);
  });

  it.each([
    [1, "1 second"],
    [59, "59 seconds"],
    [60, "1 minute"],
    [61, "2 minutes"],
  ])("says when the user can try again after a limit of %i s", (retryAfterSeconds, time) => {
    const error = new ProjoError("Wait.", {
      operation,
      code: "TOO_MANY_REQUESTS",
      reason: "limit.exceeded",
      retryAfterSeconds,
    });
    expect(describeError(error).text).toContain(`Try again in ${time}.`);
  });

  it("says that a change may have been saved when its answer was lost", () => {
    const lost = new ProjoConnectionError("fetch failed", {
      operation,
      code: "CONNECTION_FAILED",
      mayHaveBeenCarriedOut: true,
    });
    expect(describeError(lost).text).toMatch(/cannot be reached.*may have been saved/);
  });

  it("describeError does not show the message of an exception", () => {
    const { text, requestId } = describeError(new Error("x is undefined"));
    expect(text).not.toContain("undefined");
    expect(requestId).toBeUndefined();
  });
});

it("returns the messages about fields, by field", () => {
  const fieldErrors = { title: ["Must not be empty."] };
  const error = new ProjoError("Invalid.", { operation, code: "BAD_REQUEST", fieldErrors });
  expect(fieldErrorsOf(error)).toEqual(fieldErrors);
  expect(fieldErrorsOf(new Error("none"))).toEqual({});
});
