import { keysTexts as texts } from "../../texts/keys.ts";

/** The lifetimes of a token that the pages offer, in days. */
export const expiryOptions = [7, 30, 90, 180, 365].map((days) => ({
  value: String(days),
  label: texts.days(days),
}));

export const DEFAULT_EXPIRY_DAYS = "90";
