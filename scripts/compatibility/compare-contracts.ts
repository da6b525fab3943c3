// Compares the contract of a release with a later one. It returns each change that breaks clients of the release.
import { isSchema, type ContractDocument, type OperationDocument } from "./contract-document.ts";
import { compareInput, compareOutput } from "./compare-values.ts";
import type { Breaking, Rule } from "./rules.ts";

/** Compares two contracts. @returns the breaking changes, sorted by operation */
export function compareContracts(before: ContractDocument, after: ContractDocument): Breaking[] {
  const operations = Object.entries(before.operations).flatMap(([operation, old]): Breaking[] => {
    const changed = after.operations[operation];
    const change = (rule: Rule, detail: string): Breaking => ({ rule, operation, field: "", detail });
    if (changed === undefined) return [change("operation removed", "the operation is removed")];
    const values = [
      ...compareInput(
        { schema: old.input, models: before.models },
        { schema: changed.input, models: after.models },
      ),
      ...compareOutput(
        { schema: old.output, models: before.models },
        { schema: changed.output, models: after.models },
      ),
    ];
    return [
      ...compareOperation(old, changed).map(({ rule, detail }) => change(rule, detail)),
      ...values.map((value) => ({ ...value, operation })),
    ];
  });
  return [...operations, ...compareReasons(before, after)];
}

function compareOperation(
  old: OperationDocument,
  changed: OperationDocument,
): { rule: Rule; detail: string }[] {
  const changes: { rule: Rule; detail: string }[] = [];
  if (old.kind !== changed.kind) {
    changes.push({ rule: "kind changed", detail: `the kind was ${old.kind} and is ${changed.kind}` });
  }
  // Another permission that admits more roles still refuses service keys, which have the scope of the old one.
  if (changed.access !== "public" && old.access !== changed.access) {
    changes.push({
      rule: "access tightened",
      detail: `the access was ${old.access} and is ${changed.access}`,
    });
  } else if (changed.access !== "public") {
    const excluded = old.roles.filter((role) => !changed.roles.includes(role));
    if (excluded.length > 0) {
      changes.push({ rule: "role excluded", detail: `${excluded.join(", ")} may no longer call it` });
    }
  }
  if (old.batch && !changed.batch) {
    changes.push({ rule: "batch refused", detail: "the operation must be the only call of its request" });
  }
  if (isPage(old) && !isPage(changed)) {
    changes.push({ rule: "list changed", detail: "the output is no longer a page" });
  }
  for (const reason of old.errors.filter((one) => !changed.errors.includes(one))) {
    changes.push({ rule: "reason of operation removed", detail: `${reason} is no longer declared` });
  }
  return changes;
}

/** The SDK returns a list for an output with exactly these fields. */
function isPage({ output }: OperationDocument): boolean {
  const fields = output["properties"];
  return isSchema(fields) && Object.keys(fields).toSorted().join() === "items,nextCursor";
}

function compareReasons(before: ContractDocument, after: ContractDocument): Breaking[] {
  return Object.entries(before.reasons).flatMap(([operation, old]): Breaking[] => {
    const changed = after.reasons[operation];
    if (changed === undefined) {
      return [{ rule: "reason removed", operation, field: "", detail: "the reason is removed" }];
    }
    if (old.code === changed.code && old.httpStatus === changed.httpStatus) return [];
    const detail = `it was ${old.code} (${old.httpStatus}) and is ${changed.code} (${changed.httpStatus})`;
    return [{ rule: "reason changed", operation, field: "", detail }];
  });
}
