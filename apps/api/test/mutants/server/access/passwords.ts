// The bounds on the work that one call may cause, and the order in which a new password is checked.
import { randomUUID } from "node:crypto";
import { call, password } from "../../../kit/index.ts";
import { stranger, team, worked } from "../../attackers.ts";
import { deep, tooDeep } from "../robustness/input.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const signUp = async (url: string, newPassword: string) => {
  const input = { email: `${randomUUID()}@example.com`, password: newPassword };
  return worked(await call(url, "auth.signUp", { input }));
};

const random = "kqxwvzjtmhrgypbdfs";

const examined: Attack = {
  says: "a password is examined beyond its first 256 letters in Unicode's form NFKD",
  // Each of these becomes four there, "a.m.": what comes after them is not looked at.
  tryOn: ({ url }) => signUp(url, `${"\u33c2".repeat(100)}${random}`),
};

const expanded: Attack = {
  says: "a password is stored that has 300 characters after normalization",
  // NFC makes three characters of each.
  tryOn: ({ url }) => signUp(url, `${random}${"\u{1d160}".repeat(100)}`),
};

const common = "passwordpassword";

const asked: Attack = {
  says: "whoever does not know the current password is told what is wrong with the new one",
  tryOn: async (server) => {
    const changed = { currentPassword: `not ${password}`, newPassword: common };
    const { error } = await (await stranger(server)).call("password.change", changed);
    return error?.reason === "input.invalid";
  },
};

const zeros = (many: number) => ({ items: Array.from({ length: many }, () => 0) });

const crowded: Attack = {
  says: "a list of 30,000 items is checked by an operation's schema",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.createMany", zeros(30_000), id);
    return Object.keys(error?.fieldErrors ?? {}).includes("items");
  },
};

const echoed: Attack = {
  says: "an error names a hundred fields",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { error } = await admin.call("tasks.createMany", zeros(100), id);
    return Object.keys(error?.fieldErrors ?? {}).length === 100;
  },
};

const shouted: Attack = {
  says: "an error repeats 50 KB of what was sent",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { text } = await admin.call("projects.create", { name: "Notes", ["x".repeat(50_000)]: 1 }, id);
    return text.length > 50_000;
  },
};

const policy = "apps/api/src/identity/passwords/password-policy.ts";
const failure = "apps/api/src/rpc/failure.ts";

const tooMany = guard("an input holds so many values at most", "apps/api/src/rpc/checks/input-form.ts", [
  "if (values > MOST_VALUES) throw",
  "if (false) throw",
]);

export const passwords: readonly Mutant[] = [
  {
    without: [
      guard("so much of a password is examined", "apps/api/src/identity/passwords/guess-bits.ts", [
        ".slice(0, LONGEST_EXAMINED)",
        "",
      ]),
    ],
    works: [examined],
  },
  {
    without: [
      guard("a password is at most 256 characters long after normalization", policy, [
        "if (isTooLong(password) || isTooLong(storedForm(password))) return TOO_LONG;",
        "",
      ]),
    ],
    works: [expanded],
  },
  {
    without: [
      guard(
        "the current password is checked before the new one",
        "apps/api/src/features/password/change-password.ts",
        [
          "const { matches } = await passwords.verify(",
          'await checkNewPassword(ctx.services, { password: newPassword, email: user.email, field: "newPassword" });\n    const { matches } = await passwords.verify(',
        ],
      ),
    ],
    works: [asked],
  },
  { without: [tooMany], works: [crowded], refused: [echoed, deep] },
  { without: [tooMany, tooDeep], works: [crowded, deep] },
  {
    without: [
      guard("an error names so many fields at most", failure, ["byField.size < MOST_FIELDS", "true"]),
    ],
    works: [echoed],
    refused: [crowded],
  },
  {
    without: [
      guard("an error repeats no long text", failure, [
        "const message = shortened(issue.message);",
        "const { message } = issue;",
      ]),
    ],
    works: [shouted],
  },
];
