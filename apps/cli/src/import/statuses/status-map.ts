import type { TaskStatus } from "@projostack/sdk";
import { usageError } from "../../cli-error.ts";
import { taskStatuses } from "../../choices.ts";
import { knownStatuses, statusKey } from "./status-words.ts";

/** The statuses that the option --status names, by the key of the name. The key `*` is any other name. */
export type StatusMap = ReadonlyMap<string, TaskStatus>;

const EXAMPLE = 'For example: --status "In Progress=doing,Done=done"';

/** Parses `In Progress=doing,Done=done`. A comma without a status before it belongs to the name. @throws CliError */
export function parseStatusMap(options: readonly string[]): StatusMap {
  const map = new Map<string, TaskStatus>();
  const parts = options.flatMap((option) =>
    option.split(new RegExp(`(?<==\\s*(?:${taskStatuses.join("|")})\\s*),`, "i")),
  );
  for (const part of parts) {
    const [, name = "", value = ""] = /^\s*(.*?)\s*=\s*([^=]*?)\s*$/s.exec(part) ?? [];
    const status = taskStatuses.find((known) => known === value.toLowerCase());
    if (name === "" || !status) {
      throw usageError(
        `--status: "${part.trim()}" is not NAME=STATUS with the status ${taskStatuses.join(", ")}. ${EXAMPLE}`,
      );
    }
    map.set(name === "*" ? "*" : statusKey(name), status);
  }
  return map;
}

/**
 * Returns the status that a name stands for: by the option --status, else by the known names, also after a number as in
 * "02. In Progress".
 */
export function statusOf(name: string, map: StatusMap): TaskStatus | undefined {
  const key = statusKey(name);
  return map.get(key) ?? knownStatuses.get(key) ?? knownStatuses.get(key.replace(/^\d+/, "")) ?? map.get("*");
}
