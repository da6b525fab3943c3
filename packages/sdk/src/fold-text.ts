// The comparison of names and titles. docs/text.md defines it. The database has the same function in SQL, projo_fold; a test compares
// the two for every character.

/**
 * Folds a name or title as the server does to compare it: two texts are equal when their folded texts are the same, and a search
 * finds a text when its folded form contains the folded search text.
 *
 * `foldText("  Größe\u00a0A ") === foldText("GRÖSSE a")`
 */
export function foldText(text: string): string {
  // The expressions are here because JavaScript takes more than half a millisecond to create them.
  const composed = text
    // Emoji flags of regions differ in their tags only, so tags are compared.
    .replace(/(?![\u{E0020}-\u{E007F}])[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/gu, "")
    .replace(/[\uFF01-\uFF9F\uFFE0-\uFFE2\uFFE4-\uFFE6]/g, (form) => form.normalize("NFKC"))
    .normalize("NFC");
  return (
    foldCase(composed)
      // An İ that was folded leaves an i with the dot as a mark of its own.
      .replace(/i\u0307+/g, "i")
      .normalize("NFC")
      // Two characters without the property White_Space are blank: the Braille pattern without dots and a musical sign.
      .replace(/[\p{White_Space}\u2800\u{1D159}]+/gu, " ")
      .replace(/^ | $/g, "")
  );
}

/** Unicode's full case folding, except for ı, which is folded to i because I is. Never depends on the locale. */
const foldCase = (text: string): string =>
  // The three steps make all forms of a letter one: ẞ, ß and SS become ss. JavaScript writes a σ at the end of a word as ς.
  text.toLowerCase().toUpperCase().toLowerCase().replace(/ς/g, "σ");
