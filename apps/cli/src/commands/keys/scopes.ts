import type { Permission } from "@projostack/sdk";
import { InvalidArgumentError } from "commander";
import { permissions } from "../../generated/permissions.ts";
import { unknownChoice } from "../../usage/choice-words.ts";

/** Adds the scopes of a repeated option to those before it. @throws InvalidArgumentError that lists the scopes */
export const collectScopes = (text: string, before: readonly Permission[] = []): Permission[] => [
  ...new Set([...before, ...parseScopes(text)]),
];

/** Parses scopes separated by commas or spaces: `task:read,task:write`. @throws InvalidArgumentError that lists the scopes */
export function parseScopes(text: string): Permission[] {
  const words = text.trim().split(/\s*,\s*|\s+/);
  return words.map((word) => {
    const scope = permissions.find((permission) => permission === word);
    if (!scope) throw new InvalidArgumentError(unknownChoice("scope", word, permissions));
    return scope;
  });
}
