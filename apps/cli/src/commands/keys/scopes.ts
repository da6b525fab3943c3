// The one cast: Object.keys forgets what it knew of the names.
import type { Permission } from "@projostack/sdk";
import { InvalidArgumentError } from "commander";

/** Every permission there is: one that the server learns and this lacks does not compile. */
const known: Readonly<Record<Permission, true>> = {
  "audit:read": true,
  "invite:manage": true,
  "key:manage": true,
  "member:manage": true,
  "member:read": true,
  "project:delete": true,
  "project:read": true,
  "project:write": true,
  "task:read": true,
  "task:write": true,
  "token:introspect": true,
  "workspace:delete": true,
  "workspace:manage": true,
  "workspace:read": true,
};

export const scopes = Object.keys(known) as Permission[];

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
