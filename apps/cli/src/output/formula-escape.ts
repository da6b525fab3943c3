/** The texts that a spreadsheet reads as a formula, also with the apostrophes that keep it from doing so. */
const FORMULA = /^(?='*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/;

/**
 * Puts an apostrophe before a text of another user that a spreadsheet would read as a formula (OWASP, CSV injection), as in the audit
 * log's export. A text that has such an apostrophe itself gets another one, so that it can be removed again.
 */
export const withFormulaEscape = (text: string): string => text.replace(FORMULA, "'");

/** Returns the text that `withFormulaEscape` was given. */
export const withoutFormulaEscape = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
