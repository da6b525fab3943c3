// Turns an invalid input into a failure. The contract describes the problems.
import { messageOfFieldErrors, readInput, type FieldErrors } from "@projostack/contract";
import type { z } from "zod";
import { Failure } from "./failure.ts";

/** Validates the input. @throws Failure input.invalid */
export function parseInput<I extends z.ZodType>(schema: I, rawInput: unknown): z.output<I> {
  const reading = readInput(schema, rawInput);
  if (reading.fieldErrors === null) return reading.data;
  throw invalidFields(reading.fieldErrors, reading.cause);
}

/** The failure for these problems, by the dotted path of the field. */
export function invalidFields(fieldErrors: FieldErrors, cause?: unknown): Failure {
  return new Failure("input.invalid", { message: messageOfFieldErrors(fieldErrors), fieldErrors, cause });
}
