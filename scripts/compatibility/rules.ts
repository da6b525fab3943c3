// The rules of compatibility. docs/compatibility.md has them in a table, and a test compares the two.

export const rules = {
  "operation removed": "An operation is removed or renamed.",
  "kind changed": "A query becomes a mutation, or a mutation a query.",
  "access tightened": "An operation needs more: a session, a permission, or another permission.",
  "role excluded": "A role may no longer call an operation.",
  "batch refused": "An operation may no longer be part of a batch.",
  "list changed": "An operation no longer returns a page with `items` and `nextCursor` alone.",
  "reason of operation removed": "An operation no longer declares a failure reason.",
  "reason removed": "A failure reason is removed or renamed.",
  "reason changed": "The code or the HTTP status of a failure reason changes.",
  "input required": "A field of an input becomes required, or a new required field is added.",
  "input removed": "A field of an input is removed or renamed.",
  "input type": "An input no longer accepts a type, for example null.",
  "input value": "An input no longer accepts one of its values.",
  "input limit": "A limit of an input is added or becomes narrower: a range, a length or a pattern.",
  "input format": "An input requires another format.",
  "input default": "The default of a field of an input is added, changed or removed.",
  "output removed": "A field of an output is removed or renamed.",
  "output optional": "A field of an output becomes optional.",
  "output null": "An output may be null.",
  "output type": "An output may have another type.",
  "output value": "An output may have a new value of an enumeration that is not open.",
  "output format": "An output has another format, or none.",
} as const;

export type Rule = keyof typeof rules;

/** The models whose enumerations are open: a new value is no breaking change, and clients must accept values they do not know. */
export const openEnumerations: ReadonlySet<string> = new Set(["AuditAction", "MailProblem", "Permission"]);

/** A change that breaks clients. */
export interface Breaking {
  readonly rule: Rule;
  /** The operation, or the reason of a rule about reasons. */
  readonly operation: string;
  /** The path of the field, such as `input.tasks[].title`. Empty if the change is about the whole operation. */
  readonly field: string;
  /** What changed. */
  readonly detail: string;
}
