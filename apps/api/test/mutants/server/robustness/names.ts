// Mutants of the checks on names: a name that looks empty, or like another name.
import { succeeded, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const named = (title: string, name: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    return succeeded(await admin.call("projects.create", { name }, id));
  },
});

const invisible = named("a name shows nothing", "\u200b\u3164");
const reversed = named("a name shows its characters in another order", "report\u202efdp.exe");
const severalLines = named("a name covers two lines", "Engines\u2028Deleted");
const tagged = named("a name contains invisible tags", "Engines\u{e0041}\u{e0042}");

const schemasFile = "packages/contract/src/schemas.ts";

export const names: readonly Mutant[] = [
  {
    removed: [
      guard("a name contains a visible character", schemasFile, [
        'value === "" || VISIBLE.test(value)',
        "value === value",
      ]),
    ],
    succeeds: [invisible],
  },
  {
    removed: [
      guard("a name does not change the direction of text", schemasFile, [
        "!/[\\u202A-\\u202E\\u2066-\\u2069]/.test(value)",
        "value === value",
      ]),
    ],
    succeeds: [reversed],
  },
  {
    removed: [
      guard("a name has one line", schemasFile, ["!/[\\u2028\\u2029]/.test(value)", "value === value"]),
    ],
    succeeds: [severalLines],
  },
  {
    removed: [
      guard("a name contains no invisible tags", schemasFile, ["!hasHiddenTags(value)", "value === value"]),
    ],
    succeeds: [tagged],
  },
];
