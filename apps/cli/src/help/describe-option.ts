import type { Argument, Option } from "commander";
import { choiceOf } from "../usage/choice-words.ts";

/** `only tasks with this status: todo, doing or done` */
export function describeOption({ description, argChoices, defaultValue }: Option): string {
  const whole = withChoices(description, argChoices);
  return isShown(defaultValue) ? `${whole} (default: ${defaultValue})` : whole;
}

export const describeArgument = ({ description, argChoices }: Argument): string =>
  withChoices(description, argChoices);

function withChoices(description: string, choices: readonly string[] | undefined): string {
  if (choices === undefined) return description;
  if (description === "") return choiceOf(choices);
  const [, text = description, standard = ""] = /^(.*?)( \(default: .*\))$/.exec(description) ?? [];
  return `${text}: ${choiceOf(choices)}${standard}`;
}

/** Commander stores false for an option without a value. */
const isShown = (value: unknown): value is string | number =>
  typeof value === "string" || typeof value === "number";
