// The part of the contract on which a client depends, as a document. Each release records it, and the check of compatibility
// compares it with the present contract. It contains no descriptions.
import { can, roles, type Role } from "@projostack/authz";
import {
  describeContract,
  httpStatusOf,
  operations,
  reasons,
  type Access,
  type JsonSchema,
  type Kind,
  type Reason,
} from "@projostack/contract";

export interface OperationDocument {
  readonly kind: Kind;
  readonly access: Access | (string & {});
  /** The roles that may call it. Empty if the access is `public` or `session`, or if only service keys may call it. */
  readonly roles: readonly (Role | (string & {}))[];
  /** Whether it may be part of a batch. */
  readonly batch: boolean;
  /** Its own failure reasons, without those that the access implies. */
  readonly errors: readonly string[];
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

export interface ContractDocument {
  readonly operations: Readonly<Record<string, OperationDocument>>;
  readonly models: Readonly<Record<string, JsonSchema>>;
  readonly reasons: Readonly<Record<string, { readonly code: string; readonly httpStatus: number }>>;
}

/** Describes the present contract. */
export function contractDocument(): ContractDocument {
  const { operations: described, models } = describeContract();
  const declared = new Map(operations.map(({ name, operation }) => [name, operation]));
  return {
    operations: Object.fromEntries(
      described.map(({ name, kind, access, cost, input, output }): [string, OperationDocument] => [
        name,
        {
          kind,
          access,
          roles: access === "public" || access === "session" ? [] : roles.filter((role) => can(role, access)),
          batch: cost.batch ?? true,
          errors: [...(declared.get(name)?.errors ?? [])].toSorted(),
          input: withoutTexts(input),
          output: withoutTexts(output),
        },
      ]),
    ),
    models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, withoutTexts(model)])),
    reasons: Object.fromEntries(
      (Object.keys(reasons) as Reason[])
        .toSorted()
        .map((reason) => [reason, { code: reasons[reason][0], httpStatus: httpStatusOf(reason) }]),
    ),
  };
}

const texts = new Set(["description", "title", "examples", "example", "deprecated", "$comment"]);

/** Removes the keywords that are for readers. A field may have the name of such a keyword. */
function withoutTexts(schema: JsonSchema): JsonSchema {
  const kept = Object.entries(schema).filter(([keyword]) => !texts.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [
      keyword,
      keyword === "properties" && isSchema(value)
        ? Object.fromEntries(Object.entries(value).map(([field, part]) => [field, inner(part)]))
        : keyword === "default" || keyword === "enum" || keyword === "const"
          ? value
          : inner(value),
    ]),
  );
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inner(item));
  return isSchema(value) ? withoutTexts(value) : value;
}

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
