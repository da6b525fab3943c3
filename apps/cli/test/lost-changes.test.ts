// The messages of changes whose answer was lost.
import { readFileSync } from "node:fs";
import { operations } from "@projostack/sdk";
import { expect, it } from "vitest";
import { CHANGES_NOTHING } from "../src/connection/watch-requests.ts";
import { durationOf } from "../src/connection/explain-connection.ts";
import { mayBeDone } from "../src/connection/may-be-done.ts";

const words = readFileSync(new URL("../../../docs/reference/cli.md", import.meta.url), "utf8");

const changes = Object.entries(operations).flatMap(([operation, kind]) =>
  kind === "mutation" && !CHANGES_NOTHING.has(operation) ? [operation] : [],
);

it.each(changes)(
  "the message of a lost answer to %s names a command that exists, if it names one",
  (operation) => {
    const message = mayBeDone({ operation });
    expect(message).toMatch(/: projo [a-z]| command again/);
    const named = [...message.matchAll(/: projo ([a-z ]+)/g)].map(([, command = ""]) => command.trim());
    expect(named.filter((command) => !words.includes(`projo ${command}`))).toEqual([]);
  },
);

it("a wait has a unit in the singular or the plural", () => {
  expect([1, 2, 119, 120, 300].map(durationOf)).toEqual([
    "1 second",
    "2 seconds",
    "119 seconds",
    "2 minutes",
    "5 minutes",
  ]);
});
