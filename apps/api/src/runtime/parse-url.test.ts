import { expect, it } from "vitest";
import { parseUrl } from "./parse-url.ts";

it("parses a host with letters of Latin-1 after any number of calls", () => {
  const refused = Array.from({ length: 100_000 }, () => parseUrl("https://bücher.example")).filter(
    (url) => url?.host !== "xn--bcher-kva.example",
  );
  expect(refused).toEqual([]);
});

it.each(["", "host", "https://", "//host", "https://a b"])("%j is no URL", (text) => {
  expect(parseUrl(text)).toBeNull();
});
