// Realistic task titles, with common and rare words.

/** Occurs in about one title of ten. */
export const commonWord = "invoice";
/** Occurs in one title of 20,000. All of these are in the biggest workspace. */
export const rareWord = "zeppelin";

const verbs = [
  "Review",
  "Send",
  "Fix",
  "Update",
  "Draft",
  "Check",
  "Plan",
  "Test",
  "Call about",
  "Order",
  "Translate",
  "Archive",
];

const things = [
  commonWord,
  "contract",
  "landing page",
  "release notes",
  "payment form",
  "onboarding mail",
  "database backup",
  "price list",
  "login screen",
  "quarterly report",
];

const places = [
  "for Northwind",
  "for the Berlin office",
  "with Alice",
  "after the audit",
  "before the launch",
  "for the mobile app",
  "in the warehouse",
  "from the customer",
];

const listOf = (words: readonly string[]) => `ARRAY[${words.map((word) => `'${word}'`).join(", ")}]`;
const wordOf = (words: readonly string[], chosen: string) =>
  `(${listOf(words)})[1 + (${chosen}) % ${words.length}]`;

/** Returns an SQL expression for the title of the task with the number. */
export const titleSql = (number: string): string => {
  const chance = `abs(hashint8(${number})::bigint)`;
  return [
    wordOf(verbs, chance),
    `CASE WHEN ${number} % 20000 = 10 THEN '${rareWord}' ELSE ${wordOf(things, `${chance} / 12`)} END`,
    wordOf(places, `${chance} / 120`),
    `'no. ' || ${number}`,
  ].join(" || ' ' || ");
};
