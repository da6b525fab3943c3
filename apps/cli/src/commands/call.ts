import { operations } from "@projostack/sdk";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Start } from "../cli.ts";
import { examples } from "../examples.ts";
import { readStdin } from "../terminal/read-stdin.ts";

export function addCall(call: Command, start: Start): void {
  call
    .argument("<operation>", "name of the operation, such as tasks.list")
    .argument("[input]", "input as JSON, or - to read it from standard input")
    .addHelpText("after", `\nOperations:\n${operationNames()}`)
    .addHelpText(
      "after",
      examples([
        "projo call system.health",
        `projo call tasks.list '{"status":"todo","limit":5}'`,
        "projo call tasks.create - < task.json",
      ]),
    )
    .action(async (operation: string, input: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const parsed = input === "-" ? parseInput(await readStdin(cli.io)) : parseArgument(input);
      const server = await cli.server();
      const workspaceId = await server.workspaceId();
      const client = workspaceId === undefined ? server.client : server.client.workspace(workspaceId);
      cli.value(await client.call(operation, parsed));
    });
}

const operationNames = (): string =>
  Object.keys(operations)
    .map((name) => `  ${name}`)
    .join("\n");

function parseArgument(input: string | undefined): unknown {
  if (input === undefined) return undefined;
  const parsed = parseInput(input);
  if (typeof parsed === "object" && parsed !== null && Object.keys(parsed).some(isSecret)) {
    throw usageError(
      "Other users can read a password or token in an argument. Use - as the input, and pipe in the JSON.",
    );
  }
  return parsed;
}

const isSecret = (key: string): boolean => /password|token/i.test(key);

function parseInput(text: string): unknown {
  if (text.trim() === "") return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw usageError(
      `The input is not JSON (${error instanceof Error ? error.message : "unreadable"}). Write it as '{"key":"value"}'.`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw usageError(`The input is not a JSON object. Write it as '{"key":"value"}'.`);
  return parsed;
}
