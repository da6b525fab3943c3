// Mutants of the bounds on the work that one call causes, and of the order in which a new password is checked.
import { randomUUID } from "node:crypto";
import { call, password } from "../../../kit/index.ts";
import { newUser, team, succeeded } from "../../attackers.ts";
import { deep, boundedDepth } from "../robustness/input.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const signUp = async (url: string, newPassword: string) => {
  const input = { email: `${randomUUID()}@example.com`, password: newPassword };
  return succeeded(await call(url, "auth.signUp", { input }));
};

const random = "kqxwvzjtmhrgypbdfs";

const longEstimate: Attack = {
  title: "the strength estimate reads more than 256 characters of a password in Unicode form NFKD",
  // Under NFKD each of these characters becomes four ("a.m."), so the estimate ignores the text after them.
  tryOn: ({ url }) => signUp(url, `${"\u33c2".repeat(100)}${random}`),
};

const longAfterNormalization: Attack = {
  title: "a password of 300 characters after normalization is accepted",
  // Under NFC each of these characters becomes three.
  tryOn: ({ url }) => signUp(url, `${random}${"\u{1d160}".repeat(100)}`),
};

const common = "passwordpassword";

const checkedTooEarly: Attack = {
  title: "a caller without the current password learns why the new one is rejected",
  tryOn: async (server) => {
    const changed = { currentPassword: `not ${password}`, newPassword: common };
    const { error } = await (await newUser(server)).call("password.change", changed);
    return error?.reason === "input.invalid";
  },
};

const zeroItems = (many: number) => ({ items: Array.from({ length: many }, () => 0) });

const manyItems: Attack = {
  title: "the schema of an operation checks a list of 30,000 items",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.createMany", zeroItems(30_000), id);
    return Object.keys(error?.fieldErrors ?? {}).includes("items");
  },
};

const manyFields: Attack = {
  title: "an error names 100 fields",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.createMany", zeroItems(100), id);
    return Object.keys(error?.fieldErrors ?? {}).length === 100;
  },
};

const longError: Attack = {
  title: "an error repeats 50 KB of the input",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { text } = await admin.call("projects.create", { name: "Notes", ["x".repeat(50_000)]: 1 }, id);
    return text.length > 50_000;
  },
};

const policyFile = "apps/api/src/identity/passwords/password-policy.ts";
const fieldErrorsFile = "packages/contract/src/messages/read-input.ts";

const shortText = guard("an error shortens long text", fieldErrorsFile, [
  "const message = truncate(issue.message);",
  "const { message } = issue;",
]);
const shortKeys = guard(
  "an error shortens the names of unknown fields",
  "packages/contract/src/messages/describe-issue.ts",
  ["JSON.stringify(key.slice(0, MAX_REPEATED_LENGTH))", "JSON.stringify(key)"],
);

const boundedValues = guard(
  "the number of values in an input is bounded",
  "apps/api/src/rpc/checks/check-input-structure.ts",
  ["if (values > MAX_VALUES) throw", "if (false) throw"],
);

export const passwords: readonly Mutant[] = [
  {
    removed: [
      guard(
        "the strength estimate reads a bounded number of characters",
        "apps/api/src/identity/passwords/guess-bits.ts",
        [".slice(0, LONGEST_EXAMINED)", ""],
      ),
    ],
    succeeds: [longEstimate],
  },
  {
    removed: [
      guard("a password is at most 256 characters long after normalization", policyFile, [
        "if (isTooLong(password) || isTooLong(normalizePassword(password))) return TOO_LONG;",
        "",
      ]),
    ],
    succeeds: [longAfterNormalization],
  },
  {
    removed: [
      guard(
        "the current password is checked before the new one",
        "apps/api/src/features/password/change-password.ts",
        [
          "const { matches } = await passwords.verify(",
          'await checkNewPassword(ctx.services, { password: newPassword, email: user.email, field: "newPassword" });\n    const { matches } = await passwords.verify(',
        ],
      ),
    ],
    succeeds: [checkedTooEarly],
  },
  { removed: [boundedValues], succeeds: [manyItems], stillBlocked: [manyFields, deep] },
  { removed: [boundedValues, boundedDepth], succeeds: [manyItems, deep] },
  {
    removed: [
      guard("the number of fields in an error is bounded", fieldErrorsFile, [
        "byField.size < MAX_FIELDS",
        "true",
      ]),
    ],
    succeeds: [manyFields],
    stillBlocked: [manyItems],
  },
  { removed: [shortText], succeeds: [], stillBlocked: [longError] },
  { removed: [shortKeys], succeeds: [], stillBlocked: [longError] },
  { removed: [shortText, shortKeys], succeeds: [longError] },
];
