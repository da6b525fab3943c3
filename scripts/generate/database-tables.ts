// The tables in docs/database-connections.md: the parameters of an address, the settings of a connection, and the failures at
// the start. The files are imported by path, because the package's main file needs Prisma's generated client.
import { addressParameters } from "../../packages/db/src/login/address/address-parameters.ts";
import { durableSettings } from "../../packages/db/src/login/durable-settings.ts";
import { serverSettings, untouchedSettings } from "../../packages/db/src/login/server-settings.ts";
import { connectionProblems } from "../../packages/db/src/connection/problems/connection-problem.ts";
import type { Sections } from "./sections.ts";

export function generateDatabaseTables(): Record<string, Sections> {
  return {
    "docs/database-connections.md": {
      "address parameters": parameters(),
      "connection settings": settings(),
      "durable settings": durability(),
      "start failures": failures(),
    },
  };
}

const parameters = (): string =>
  table(
    ["parameter", "values", "effect"],
    addressParameters.map(({ name, values, effect }) => [`\`${name}\``, values, effect]),
  );

const settings = (): string =>
  table(
    ["setting", "value"],
    [
      ...Object.entries(serverSettings).map(([name, { shown }]) => [`\`${name}\``, `\`${shown}\``]),
      ...Object.entries(untouchedSettings).map(([name, value]) => [
        `\`${name}\``,
        value === "" ? "not set for the login" : `\`${value}\`, which the server does not set itself`,
      ]),
    ],
  );

const durability = (): string =>
  table(
    ["setting", "accepted values", "with `PROJO_DATABASE_DURABILITY=storage`"],
    Object.entries(durableSettings.postgres).map(([name, values]) => [
      `\`${name}\``,
      values.map((value) => `\`${value}\``).join(", "),
      name in durableSettings.storage ? "the same" : "not checked",
    ]),
  );

/** A cause that several errors show has one row. */
function failures(): string {
  const first = new Map(connectionProblems.toReversed().map((problem) => [problem.cause, problem]));
  const causes = [...new Set(connectionProblems.map(({ cause }) => cause))];
  const rows = causes.flatMap((cause) => first.get(cause) ?? []);
  return table(
    ["cause", "message", "next step"],
    rows.map(({ cause, says, next, isComplete }) => [
      cause,
      says === undefined ? "the database's own message" : `${says}${isComplete ? "" : " (...)"}`,
      next.replaceAll(/\(?docs\/([\w.#-]+)\)?/g, "([$1]($1))"),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
