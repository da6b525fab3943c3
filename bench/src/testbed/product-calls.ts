// Builds requests for any operation of the product, as tRPC clients do.
import type { Target } from "../dataset/data-set.ts";
import { z } from "zod";
import type { HttpRequest } from "../load/load-client.ts";

type Expect = NonNullable<HttpRequest["expect"]>;

export const queryOf = (target: Target, operation: string, input: object, expect?: Expect): HttpRequest => ({
  method: "GET",
  path: `/trpc/${operation}?input=${encodeURIComponent(JSON.stringify(input))}`,
  headers: headersOf(target),
  ...(expect && { expect }),
});

export const mutationOf = (
  target: Target | null,
  operation: string,
  input: object,
  expect?: Expect,
): HttpRequest => ({
  method: "POST",
  path: `/trpc/${operation}`,
  headers: { ...(target && headersOf(target)), "content-type": "application/json" },
  body: JSON.stringify(input),
  ...(expect && { expect }),
});

const headersOf = ({ tokens, workspaceId }: Target) => ({
  authorization: `Bearer ${tokens.product}`,
  "x-workspace-id": workspaceId,
});

/** Expects a response with status 200, and passes its output to `keep`. @throws ZodError if the output has another shape */
export const expectOutput =
  <T>(output: z.ZodType<T>, keep: (output: T) => void): Expect =>
  (status, body) => {
    if (status !== 200) return false;
    keep(z.object({ result: z.object({ data: output }) }).parse(JSON.parse(body)).result.data);
    return true;
  };
