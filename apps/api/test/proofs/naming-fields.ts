// The fields by which an input names something, found by walking the contract. A field that is new is known by its
// format, or by a line here, or fails the proofs.
import { operations } from "@projostack/contract";
import { z } from "zod";

/** What a field names. */
export type Noun =
  | "access token"
  | "actor"
  | "chain point"
  | "checkpoint"
  | "club"
  | "cursor"
  | "invite"
  | "invite token"
  | "key"
  | "member"
  | "project"
  | "ruin"
  | "session"
  | "target"
  | "task"
  | "workspace";

export interface NamingField {
  readonly operation: string;
  /** Where in the input: names of fields, and `0` into a list. Empty for the header x-workspace-id. */
  readonly path: readonly string[];
  readonly noun: Noun;
}

/** By operation and field, by the operation's noun and field, or by the field alone. */
const nouns: Readonly<Record<string, Noun>> = {
  "audit.list targetId": "target",
  "audit.verify after": "chain point",
  "audit.verify checkpoint": "checkpoint",
  "invites.accept token": "invite token",
  "tokens.introspect token": "access token",
  "workspaces.leave workspaceId": "club",
  "workspaces.restore workspaceId": "ruin",
  "workspaces.switch workspaceId": "club",
  "invites id": "invite",
  "members userId": "member",
  "projects id": "project",
  "serviceKeys id": "key",
  "sessions id": "session",
  "tasks id": "task",
  actorUserId: "actor",
  createdBy: "actor",
  cursor: "cursor",
  projectId: "project",
};

/** What names no row: a value, or a secret whose bearer is its owner, whoever they are. */
const plain: ReadonlySet<string> = new Set([
  "action",
  "afterSeq",
  "createdAfter",
  "createdBefore",
  "deleted",
  "expiresInDays",
  "externalId",
  "format",
  "from",
  "limit",
  "name",
  "overlapHours",
  "permission",
  "role",
  "scopes",
  "search",
  "status",
  "targetType",
  "title",
  "to",
  "untilSeq",
  "email",
  "password",
  "currentPassword",
  "newPassword",
  "auth.refresh refreshToken",
  "auth.signOut refreshToken",
  "email.verify token",
  "invites.preview token",
  "password.reset token",
]);

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** @throws when it is not known whether a field names something */
export function namingFieldsOf(operation: string, input: z.ZodType): NamingField[] {
  const root = z.toJSONSchema(input, { io: "input" });
  const definitions: unknown = root.$defs;
  const found = (schema: unknown, path: readonly string[]): NamingField[] => {
    if (!isSchema(schema)) return [];
    const noun = nounOf(operation, path);
    if (noun) return [{ operation, path, noun }];
    const { $ref: ref, properties, items, anyOf, oneOf, allOf, format } = schema;
    if (typeof ref === "string" && isSchema(definitions))
      return found(definitions[ref.replace("#/$defs/", "")], path);
    const alternatives = [anyOf, oneOf, allOf].flatMap((parts): unknown[] =>
      Array.isArray(parts) ? parts : [],
    );
    if (isSchema(properties))
      return Object.entries(properties).flatMap(([field, part]) => found(part, [...path, field]));
    if (alternatives.length > 0) return alternatives.flatMap((part) => found(part, path));
    if (isSchema(items)) return found(items, isPlain(operation, path) ? path : [...path, "0"]);
    if (path.length > 0 && (format === "uuid" || !isPlain(operation, path)))
      throw new Error(`What does ${path.join(".")} of ${operation} name? Say so in naming-fields.ts.`);
    return [];
  };
  return found(root, []);
}

function nounOf(operation: string, path: readonly string[]): Noun | undefined {
  const field = path.at(-1) ?? "";
  return (
    nouns[`${operation} ${path.join(".")}`] ?? nouns[`${operation.split(".")[0]} ${field}`] ?? nouns[field]
  );
}

const isPlain = (operation: string, path: readonly string[]): boolean =>
  plain.has(path.at(-1) ?? "") || plain.has(`${operation} ${path.join(".")}`);

export const namingFields: readonly NamingField[] = operations.flatMap(({ name, operation }) =>
  namingFieldsOf(name, operation.input),
);

/** The input with another value in a place. */
export function withValue(input: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(input)) return input.map((item: unknown) => withValue(item, rest, value));
  const fields = isSchema(input) ? input : {};
  return { ...fields, [first]: withValue(fields[first], rest, value) };
}
