// Describes a value that is not one of the choices.
import { similarNames } from "./edit-distance.ts";

/** "todo, doing or done" */
export function choiceOf(values: readonly string[]): string {
  const last = values.at(-1) ?? "";
  return values.length < 2 ? last : `${values.slice(0, -1).join(", ")} or ${last}`;
}

/** More choices are not listed when the text is similar to some of them. */
const MAX_LISTED = 9;

/** `There is no role "owner". Use viewer, member or admin.` */
export function unknownChoice(noun: string, typed: string, choices: readonly string[]): string {
  const similar = similarChoices(typed, choices);
  const problem = `There is no ${noun} "${typed}".`;
  if (similar.length === 0) return `${problem} Use ${choiceOf(choices)}.`;
  const question = `${problem} Did you mean ${choiceOf(similar)}?`;
  return choices.length > MAX_LISTED ? question : `${question} Use ${choiceOf(choices)}.`;
}

/** The choices of similar spelling, else those that contain the text: `task.deleted` for `deleted`. */
function similarChoices(typed: string, choices: readonly string[]): readonly string[] {
  const similar = similarNames(typed, choices);
  if (similar.length > 0 || typed.length < 3) return similar;
  return choices.filter((choice) => choice.includes(typed.toLowerCase()));
}
