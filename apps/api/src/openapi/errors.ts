// The error responses of the document. Operations that have the same reasons for a status share one response component.
import {
  contract,
  currentRows,
  describeReason,
  httpStatusOf,
  reasons,
  type ErrorData,
  type JsonSchema,
  type Reason,
  type ReasonWithRow,
} from "@projostack/contract";
import { errorShape } from "../rpc/failures/error-shape.ts";
import { Failure } from "../rpc/failures/failure.ts";
import { hasWait, headersOfError } from "./headers.ts";
import { refTo } from "./json-schema.ts";

const allReasons = Object.keys(reasons) as Reason[];

const statusTexts: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authenticated",
  403: "Not permitted",
  404: "Not found",
  405: "Wrong method",
  408: "Timeout",
  409: "Conflict",
  413: "Too large",
  414: "URL too long",
  415: "Unsupported media type",
  417: "Unsupported expectation",
  422: "Unprocessable",
  429: "Too many requests",
  431: "Headers too large",
  500: "Server error",
  503: "Unavailable",
};

const names: Readonly<Record<string, JsonSchema>> = {
  Reason: {
    type: "string",
    description:
      "The reason of a failed call. A program decides by it. A newer server can return other reasons.",
    enum: allReasons.toSorted(),
  },
  ErrorCode: {
    type: "string",
    description: "The name of the HTTP status in tRPC.",
    enum: codesOf(allReasons),
  },
};

/** The schema of the body of a failed call, for all reasons or for those of one response. */
function errorSchema(description: string, narrowed: Narrowed): JsonSchema {
  const data = {
    type: "object",
    description: "The details of the failure.",
    properties: {
      code: narrowed.code,
      httpStatus: narrowed.httpStatus,
      reason: narrowed.reason,
      requestId: {
        type: "string",
        description: "The id of the request in the log of the server. Quote it when you ask for help.",
      },
      ...narrowed.more,
    },
    required: ["code", "httpStatus", "reason", "requestId"],
  };
  const error = {
    type: "object",
    properties: {
      message: {
        type: "string",
        description: "The cause and the next step, for a person. The text can change between versions.",
      },
      code: { type: "integer", description: "The JSON-RPC 2.0 error code in tRPC." },
      data,
    },
    required: ["message", "code", "data"],
  };
  return { type: "object", description, properties: { error }, required: ["error"] };
}

interface Narrowed {
  readonly code: JsonSchema;
  readonly httpStatus: JsonSchema;
  readonly reason: JsonSchema;
  /** The optional fields. */
  readonly more: Partial<typeof optionalFields>;
}

const optionalFields = {
  retryAfter: { type: "number", description: "The time in seconds to wait before the next attempt." },
  fieldErrors: {
    type: "object",
    description:
      'The problems of each invalid field of the input, by its dotted path. The key `""` stands for the whole input.',
    additionalProperties: { type: "array", items: { type: "string" } },
  },
  current: currentSchema(Object.keys(currentRows) as ReasonWithRow[]),
} satisfies Partial<Record<keyof ErrorData, JsonSchema>>;

function currentSchema(some: readonly ReasonWithRow[]): JsonSchema {
  const description = "The present row, if the reason is a version conflict and the caller may read the row.";
  const rows = some.map((reason) => refTo("schemas", String(currentRows[reason].schema.meta()?.id)));
  const [only] = rows;
  return rows.length === 1 ? { ...only, description } : { description, anyOf: rows };
}

const anyError = errorSchema("The body of a failed call.", {
  code: refTo("schemas", "ErrorCode"),
  httpStatus: { type: "integer", description: "The HTTP status of this call." },
  reason: refTo("schemas", "Reason"),
  more: optionalFields,
});

export interface ErrorComponents {
  readonly schemas: Record<string, JsonSchema>;
  readonly responses: Record<string, JsonSchema>;
  /** An example of each reason, by the reason. */
  readonly examples: Record<string, JsonSchema>;
}

export interface ErrorResponses {
  /** Returns the responses for a set of reasons, by status, as references to components. */
  readonly of: (reasons: ReasonsOfRoute) => Record<string, JsonSchema>;
  /** The components that the references name. */
  readonly components: ErrorComponents;
}

export interface ReasonsOfRoute {
  /** The reasons that many routes have. */
  readonly common: readonly Reason[];
  /** The other reasons. The names of the components contain them. */
  readonly own?: readonly Reason[];
  /** The beginning of the names of the components. Routes with the same prefix have the same common reasons. */
  readonly prefix: string;
}

export function createErrorResponses(): ErrorResponses {
  const components: ErrorComponents = {
    schemas: { ...names, ErrorResponse: anyError },
    responses: {},
    examples: Object.fromEntries(allReasons.map((reason) => [reason, exampleOf(reason)])),
  };
  const addComponent = (status: number, name: string, all: readonly Reason[]): JsonSchema => {
    components.schemas[name] ??= schemaOf(status, all);
    components.responses[name] ??= responseOf(status, name, all);
    return refTo("responses", name);
  };
  return {
    components,
    of: ({ common, own = [], prefix }) => {
      const all = [...own, ...common].toSorted();
      const statuses = [...new Set(all.map((reason) => httpStatusOf(reason)))].toSorted((a, b) => a - b);
      return Object.fromEntries(
        statuses.map((status) => {
          const hasStatus = (reason: Reason) => httpStatusOf(reason) === status;
          const suffix = own.filter(hasStatus).map((reason) => pascal(reason));
          return [
            status,
            addComponent(status, `${prefix}${status}${suffix.join("")}`, all.filter(hasStatus)),
          ];
        }),
      );
    },
  };
}

const schemaOf = (status: number, all: readonly Reason[]): JsonSchema =>
  errorSchema(`The body of a failed call with status ${status}.`, {
    code: { type: "string", enum: codesOf(all) },
    httpStatus: { type: "integer", const: status },
    reason: { type: "string", enum: all },
    more: {
      ...(hasWait.has(status) ? { retryAfter: optionalFields.retryAfter } : {}),
      ...(all.includes("input.invalid") ? { fieldErrors: optionalFields.fieldErrors } : {}),
      ...(all.some(hasRow) ? { current: currentSchema(all.filter(hasRow)) } : {}),
    },
  });

function responseOf(status: number, name: string, all: readonly Reason[]): JsonSchema {
  const lines = all.map((reason) => {
    const { when, action } = describeReason(reason);
    return `- \`${reason}\`: ${when} ${action}`;
  });
  return {
    description: `${statusTexts[status] ?? "Error"}. The reasons:\n\n${lines.join("\n")}`,
    headers: headersOfError(status),
    content: {
      "application/json": {
        schema: refTo("schemas", name),
        examples: Object.fromEntries(all.map((reason) => [reason, refTo("examples", reason)])),
      },
    },
  };
}

/** The seconds in examples of failures that name a wait. */
const EXAMPLE_WAIT_SECONDS = 2;

const NAMES_WAIT: ReadonlySet<Reason> = new Set([
  "idempotency.in_progress",
  "limit.exceeded",
  "server.busy",
  "server.unavailable",
]);

function exampleOf(reason: Reason): JsonSchema {
  const failure = new Failure(reason, {
    ...(NAMES_WAIT.has(reason) ? { retryAfterSeconds: EXAMPLE_WAIT_SECONDS } : {}),
    ...(reason === "input.invalid"
      ? {
          message: "The field limit must be at most 100.",
          fieldErrors: { limit: ["Must be at most 100."] },
        }
      : {}),
    ...(hasRow(reason) ? { current: exampleRows[reason] } : {}),
  });
  return { summary: reason, value: { error: errorShape(failure, EXAMPLE_REQUEST_ID) } };
}

const hasRow = (reason: Reason): reason is ReasonWithRow => reason in currentRows;

/** The rows in examples of version conflicts. */
const exampleRows = {
  "project.version_conflict": contract.projects.update.example.output,
  "task.version_conflict": contract.tasks.update.example.output,
} as const satisfies Record<ReasonWithRow, object>;

const EXAMPLE_REQUEST_ID = "0190a6f0-0000-7000-8000-00000000c0de";

const pascal = (reason: Reason): string =>
  reason.replaceAll(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());

function codesOf(some: readonly Reason[]): readonly string[] {
  return [...new Set(some.map((reason) => reasons[reason][0]))].toSorted();
}
