// Describes a value that is not one of the choices.
import { similarNames } from "./edit-distance.ts";

/** "todo, doing or done" */
export function choiceOf(values: readonly string[]): string {
  const last = values.at(-1) ?? "";
  return values.length < 2 ? last : `${values.slice(0, -1).join(", ")} or ${last}`;
}

/** `There is no role "owner". Use viewer, member or admin.` */
export function unknownChoice(noun: string, typed: string, choices: readonly string[]): string {
  const similar = similarNames(typed, choices);
  const question = similar.length === 0 ? "" : ` Did you mean ${choiceOf(similar)}?`;
  return `There is no ${noun} "${typed}".${question} Use ${choiceOf(choices)}.`;
}
