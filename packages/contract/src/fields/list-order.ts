import { describedEnum } from "./described-enum.ts";

export const listOrders = ["newest", "oldest", "last_changed"] as const;
export type ListOrder = (typeof listOrders)[number];

/** The order in which a list returns its items if the input names none. */
export const DEFAULT_ORDER: ListOrder = "newest";

export const listOrder = describedEnum(listOrders, {
  id: "ListOrder",
  description: "The order of a list.",
  values: {
    newest: "The item that was created last comes first.",
    oldest: "The item that was created first comes first.",
    last_changed:
      "The item that changed last comes first. An item that never changed counts as changed at its creation.",
  },
});

export const order = listOrder
  .optional()
  .describe(
    "The order of the items; `newest` if omitted. With `last_changed`, an item that changes while the pages are read moves to the front, so a later page does not contain it.",
  );
