/** The definition of docs/text.md in JavaScript, one character at a time, to compare projo_fold with. */
export function fold(text: string): string {
  const shown = Array.from(text).filter((one) => !isInvisible(one));
  const widened = shown.map((one) => (WIDTH_FORM.test(one) ? one.normalize("NFKC") : one)).join("");
  const folded = Array.from(widened.normalize("NFC"), foldLetter).join("");
  const words = folded
    .replaceAll(/i\u0307+/g, "i")
    .normalize("NFC")
    .split(BLANKS);
  return words.filter((word) => word !== "").join(" ");
}

const isInvisible = (one: string): boolean =>
  /[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u.test(one) && !/[\u{E0020}-\u{E007F}]/u.test(one);

const WIDTH_FORM = /[\uFF01-\uFF9F\uFFE0-\uFFE2\uFFE4-\uFFE6]/;

const foldLetter = (one: string): string =>
  one.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");

const BLANKS = /[\p{White_Space}\u2800\u{1D159}]+/u;
