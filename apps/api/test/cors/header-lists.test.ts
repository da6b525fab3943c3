// The lists of headers that pages may set and read are complete: the source code, the description of the API and the SDK use no
// other header.
import { fileURLToPath } from "node:url";
import { createClient, type ClientOptions } from "@projostack/sdk";
import { expect, it } from "vitest";
import { pageHeaders, readHeaders } from "../../src/http/cross-origin/request-headers.ts";
import { exposedHeaders } from "../../src/http/cross-origin/response-headers.ts";
import { createDocument } from "../../src/openapi/document.ts";
import { headerReadsBelow } from "./header-reads.ts";

const source = fileURLToPath(new URL("../../src", import.meta.url));
const document = await createDocument("0.0.0-test", () => Promise.resolve());

/** All objects below a value. */
function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null) return;
  yield value as Readonly<Record<string, unknown>>;
  for (const each of Object.values(value)) yield* objectsIn(each);
}

it("B1 the list of request headers has every header that the source code reads, and no other", () => {
  const reads = headerReadsBelow(source);
  const unlisted = [...reads].filter(([name]) => !readHeaders.includes(name));
  expect(unlisted, "Add the header to apps/api/src/http/cross-origin/request-headers.ts").toEqual([]);
  expect(readHeaders.filter((name) => !reads.has(name))).toEqual([]);
});

it("B1 pages may set every request header that the description of the API names", () => {
  const named = [...objectsIn(document)]
    .filter((each) => each["in"] === "header" && typeof each["name"] === "string")
    .map(({ name }) => String(name).toLowerCase());
  expect(named).toContain("idempotency-key");
  expect(named.filter((name) => !pageHeaders.includes(name))).toEqual([]);
});

it("B1 pages may read every response header that the description of the API names", () => {
  const responses = [...objectsIn(document)].filter((each) => "description" in each && "headers" in each);
  const named = responses
    .flatMap(({ headers }) => Object.keys(headers ?? {}))
    .map((name) => name.toLowerCase());
  // A browser gives `set-cookie` to no script, whatever the answer permits.
  const readable = [...new Set(named)].filter((name) => name !== "set-cookie");
  expect(readable.toSorted()).toEqual(exposedHeaders.filter((name) => name !== "x-should-retry"));
});

it("B1 the SDK sends and reads only headers that pages may set and read", async () => {
  const sent = new Set<string>();
  const read = new Set<string>();
  const options: ClientOptions = {
    baseUrl: "https://api.example.com",
    workspaceId: "0190a6f0-0000-7000-8000-00000000abcd",
    userAgent: "test",
    traceparent: () => `00-${"1".repeat(32)}-${"1".repeat(16)}-01`,
    maxRetries: 1,
    fetch: async (_, { headers }) => {
      for (const name of Object.keys(headers)) sent.add(name.toLowerCase());
      return {
        status: 503,
        type: "cors",
        bodyUsed: false,
        headers: {
          get: (name: string) => {
            read.add(name.toLowerCase());
            return null;
          },
        },
        text: () => Promise.resolve(""),
      };
    },
  };
  for (const client of [
    createClient({ ...options, token: "pja_token" }),
    createClient({ ...options, session: "cookie" }),
  ]) {
    await expect(client.auth.me()).rejects.toThrow();
    await expect(client.projects.create({ name: "Notes" })).rejects.toThrow();
  }
  expect([...sent]).toEqual(
    expect.arrayContaining(["authorization", "idempotency-key", "traceparent", "x-session"]),
  );
  expect([...read]).toEqual(expect.arrayContaining(["x-request-id", "retry-after", "x-should-retry"]));
  // Every page may set `accept` and read `content-type`. A browser hides a redirect, and its `location`, from the SDK.
  expect([...sent].filter((name) => name !== "accept" && !pageHeaders.includes(name))).toEqual([]);
  const readable = new Set([...exposedHeaders, "content-type", "location"]);
  expect([...read].filter((name) => !readable.has(name))).toEqual([]);
});
