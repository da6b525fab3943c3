// The messages of changes whose answer was lost.
import { readFileSync } from "node:fs";
import { operations } from "@projostack/sdk";
import { expect, it } from "vitest";
import { durationOf, mayBeDone } from "../src/connection/explain-connection.ts";

const words = readFileSync(new URL("../../../docs/reference/cli.md", import.meta.url), "utf8");

it.each(Object.entries(operations).flatMap(([operation, kind]) => (kind === "mutation" ? [operation] : [])))(
  "the message of a lost answer to %s names a command that exists, or says to repeat the command",
  (operation) => {
    const message = mayBeDone({ operation });
    const [, command] = /: projo ([a-z ]+)/.exec(message) ?? [];
    if (command === undefined) expect(message).toMatch(/ Run the (?:same )?command again|before you run/);
    else expect(words).toContain(`projo ${command.trim()}`);
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
