// Reads an email address as people type it, and gives it one canonical form. Accounts, invites, limits and mails use that
// form only, so an address that is written in two ways is one account. docs/addresses.md describes the rules.
import { domainToASCII, domainToUnicode } from "node:url";

/** The canonical form of an address, or the problem: the part that is wrong, and why. */
export type EmailAddressReading =
  | { readonly address: string; readonly problem: null }
  | { readonly address: null; readonly problem: string };

/** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 (the latter without the angle brackets). */
const MAX_LOCAL_LENGTH = 64;
export const MAX_EMAIL_LENGTH = 254;
/** RFC 1035, section 2.3.4. */
const MAX_LABEL_LENGTH = 63;
/** The longest text that is read. It leaves room for surrounding spaces and for characters that the domain rules remove. */
const MAX_TEXT_LENGTH = 320;

/**
 * The canonical form is ASCII in lower case: an internationalized domain becomes its A-label form (UTS 46), and surrounding
 * white space, invisible characters and the final dot of the domain are removed.
 */
export function readEmailAddress(text: string): EmailAddressReading {
  if (text.length > MAX_TEXT_LENGTH) return refuse(TOO_LONG);
  const trimmed = text.replaceAll(/^[\s\p{DI}\p{Cf}]+|[\s\p{DI}\p{Cf}]+$/gu, "");
  const problem = formProblem(trimmed);
  if (problem !== null) return refuse(problem);
  const at = trimmed.lastIndexOf("@");
  const local = trimmed.slice(0, at);
  const typedDomain = trimmed.slice(at + 1);
  const partProblem = localProblem(local) ?? typedDomainProblem(typedDomain);
  if (partProblem !== null) return refuse(partProblem);
  const domain = toAsciiDomain(typedDomain);
  if (domain === null) return refuse("The domain is not a valid internationalized domain name.");
  const address = `${local.toLowerCase()}@${domain}`;
  const last = domainProblem(domain) ?? (address.length > MAX_EMAIL_LENGTH ? TOO_LONG : null);
  return last === null ? { address, problem: null } : refuse(last);
}

const refuse = (problem: string): EmailAddressReading => ({ address: null, problem });

const TOO_LONG = "The address is longer than 254 characters.";

/** Finds text that is more, or less, than one address. */
function formProblem(text: string): string | null {
  if (text === "") return "The address is empty.";
  if (/^mailto:/i.test(text)) return 'The address begins with "mailto:". Enter only the address.';
  if (/[<>]/.test(text))
    return "The address contains angle brackets. Enter only the address, without a name.";
  const parts = text.split("@").length;
  if (parts === 1) return "The address has no @.";
  if (parts > 2) {
    return /[,;\s]/.test(text)
      ? "This is more than one address. Enter one."
      : "The address has more than one @.";
  }
  return null;
}

/** RFC 5322, section 3.2.3: letters, digits and these characters, with single dots between them. */
const ALLOWED_LOCAL = /[\w!#$%&'*+/=?^`{|}~.-]/;

function localProblem(local: string): string | null {
  const part = "The part before the @";
  if (local === "") return `${part} is empty.`;
  if (local.startsWith('"')) return `${part} is in quotes. Addresses with quotes are not supported.`;
  const wrong = Array.from(local).find((character) => !ALLOWED_LOCAL.test(character));
  if (wrong !== undefined) {
    const hint =
      isVisible(wrong) && /[^\p{ASCII}]/u.test(wrong)
        ? " Only the domain may have characters other than ASCII."
        : "";
    return `${part} contains ${describe(wrong)}.${hint}`;
  }
  if (local.length > MAX_LOCAL_LENGTH) return `${part} is longer than 64 characters.`;
  return dotProblem(part, local);
}

function typedDomainProblem(domain: string): string | null {
  const part = "The domain";
  if (domain === "") return `${part}, the part after the @, is empty.`;
  if (domain.startsWith("[")) return `${part} is an IP address in brackets. Enter a domain name.`;
  // Other ASCII characters, such as a slash, would end the domain in the conversion.
  const wrong = Array.from(domain).find(
    (character) => /[^a-z\d.-]/i.test(character) && /[\p{ASCII}\s]/u.test(character),
  );
  return wrong === undefined ? null : `${part} contains ${describe(wrong)}.`;
}

/** Converts a domain to A-labels by UTS 46, as the URL standard does. @returns null when the domain is invalid */
function toAsciiDomain(domain: string): string | null {
  const ascii = domainToASCII(domain).replace(/\.$/, "");
  return ascii === "" ? null : ascii;
}

function domainProblem(domain: string): string | null {
  const part = "The domain";
  const dots = dotProblem(part, domain);
  if (dots !== null) return dots;
  const labels = domain.split(".");
  const last = labels.at(-1) ?? "";
  if (labels.length === 1) return `${part} has no dot. Enter the full domain, such as example.com.`;
  if (/^\d+$/.test(last)) return `${part} is an IP address or ends with a number. Enter a domain name.`;
  if (labels.some((label) => label.startsWith("-") || label.endsWith("-")))
    return `${part} has a part that begins or ends with a hyphen.`;
  if (labels.some((label) => label.length > MAX_LABEL_LENGTH))
    return `${part} has a part that is longer than 63 characters.`;
  if (!/^(?:[a-z]{2,}|xn--[a-z\d-]+)$/.test(last))
    return `${part} ends with ".${last}", which no domain ends with.`;
  if (domainToUnicode(domain).split(".").some(mixesScripts))
    return `${part} has a part that mixes letters of several scripts, as look-alike domains do.`;
  return null;
}

/** The writing systems of East Asia, which are used together with each other and with Latin letters. */
const EAST_ASIAN = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}]/u;
const LATIN = /\p{scx=Latin}/u;
const ALPHABETS = [/\p{scx=Greek}/u, /\p{scx=Cyrillic}/u, /\p{scx=Armenian}/u, /\p{scx=Cherokee}/u];

/** Whether a label mixes scripts in a way that UTS 39, section 5.2, does not allow at its level "highly restrictive". */
function mixesScripts(label: string): boolean {
  const letters = Array.from(label).filter((character) => /\p{L}/u.test(character));
  const others = letters.filter((letter) => !LATIN.test(letter) && !EAST_ASIAN.test(letter));
  const alphabets = ALPHABETS.filter((alphabet) => others.some((letter) => alphabet.test(letter)));
  return others.length > 0 && (letters.length > others.length || alphabets.length > 1);
}

function dotProblem(part: string, text: string): string | null {
  if (text.startsWith(".")) return `${part} begins with a dot.`;
  if (text.endsWith(".")) return `${part} ends with a dot.`;
  return text.includes("..") ? `${part} contains two dots in a row.` : null;
}

const isVisible = (character: string): boolean =>
  /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) && !/\p{DI}/u.test(character);

/** Describes a character so that the reader finds it: an invisible one by its code point. */
function describe(character: string): string {
  if (character === " ") return "a space";
  if (isVisible(character)) return `"${character}"`;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `${/\p{M}/u.test(character) ? "an accent" : "an invisible character"} (U+${code})`;
}
