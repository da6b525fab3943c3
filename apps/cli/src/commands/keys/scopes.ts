import type { Permission } from "@projostack/sdk";
import { InvalidArgumentError } from "commander";
import { permissions } from "../../generated/permissions.ts";

export const scopes: readonly Permission[] = permissions;

/** `task:read,task:write` */
export function parseScopes(text: string): Permission[] {
  const words = text.split(",").map((word) => word.trim());
  return words.map((word) => {
    const scope = scopes.find((one) => one === word);
    if (!scope)
      throw new InvalidArgumentError(`There is no scope '${word}'. They are: ${scopes.join(", ")}.`);
    return scope;
  });
}
