/** Reduces a column name to its letters and digits, so that "Card Name", "card_name" and "CardName" are equal. */
export const columnKey = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** The columns that a report of refused rows adds. */
export const REASON_COLUMN = "projo_reason";
export const IMPORT_ID_COLUMN = "projo_import_id";
