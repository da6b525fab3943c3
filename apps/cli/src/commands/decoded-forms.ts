// The forms of a link that mail programs and mail scanners write: Outlook Safe Links, Proofpoint, Barracuda, Cisco, Sophos,
// Google and others put the percent-encoded link into a parameter or the path of their own link, sometimes twice.

/** Scanners may wrap a link that another one wrapped. */
const MOST_LAYERS = 5;
const MOST_FORMS = 200;
/** More text than a mail with a link has. */
const MAX_LENGTH = 100_000;

/** Returns the text as it was pasted, then after each decoding that may reveal a token. */
export function decodedForms(text: string): string[] {
  const pasted = text.slice(0, MAX_LENGTH);
  const unbroken = joinLines(pasted);
  const forms = new Set([pasted, unbroken, quotedPrintableDecoded(pasted)]);
  for (let layer = 0; layer < MOST_LAYERS && forms.size < MOST_FORMS; layer += 1) {
    for (const decoded of Array.from(forms, decodedOnce).flat()) forms.add(decoded);
  }
  return [...forms];
}

function decodedOnce(form: string): string[] {
  const isProofpoint = /urldefense[^/\s]*\/v2\//i.test(form);
  return [
    percentDecoded(form),
    ...(isProofpoint ? [percentDecoded(proofpointDecoded(form))] : []),
    ...base64Values(form),
  ];
}

/** Removes line breaks, the marks of quoted lines, and invisible characters. */
const joinLines = (text: string): string => text.replaceAll(/^[>\s]+|[\s\p{Cf}]+/gmu, "");

/** RFC 2045, section 6.7: text that was copied from the source of a mail. */
const quotedPrintableDecoded = (text: string): string =>
  joinLines(text.replaceAll(/=[ \t]*\r?\n[> \t]*/g, "")).replaceAll(/=([2-7][\dA-F])/gi, characterOf);

/** Decodes the escapes of ASCII characters, also those of HTML. Other escapes are left unchanged. */
const percentDecoded = (text: string): string =>
  text
    .replaceAll(/%([2-7][\da-f])/gi, characterOf)
    .replaceAll(/&#x([2-7][\da-f]);/gi, characterOf)
    .replaceAll(/&#(\d{2,3});/g, (escape, code: string) =>
      Number(code) < 128 ? String.fromCodePoint(Number(code)) : escape,
    )
    .replaceAll("&amp;", "&");

const characterOf = (_escape: string, hex: string): string => String.fromCodePoint(Number.parseInt(hex, 16));

/** The second version of Proofpoint's links writes `%` as `-` and `/` as `_` in the parameter `u`. */
function proofpointDecoded(text: string): string {
  const [, value = ""] = /[?&]u=([^&\s]*)/.exec(text) ?? [];
  return value.replaceAll("-", "%").replaceAll("_", "/");
}

/** The values of parameters that are URLs in base64, as Sophos writes them. */
const base64Values = (text: string): string[] =>
  Array.from(text.matchAll(/[?&]\w+=(aHR0c[\w+/-]+)/g), ([, value = ""]) =>
    Buffer.from(value, "base64").toString("latin1"),
  );
