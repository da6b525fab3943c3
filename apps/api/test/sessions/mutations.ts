import { seededChance } from "../simulation/seeded-random.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const ODD = ["=", ".", " ", "+", "/", "%", "\u00e9", "\u200b", "\ud83d\ude00", "\t"];

/** Returns `count` random variations of a valid token. Each differs from the token. */
export function mutationsOf(token: string, count: number, seed: number): string[] {
  const chance = seededChance(seed);
  const whole = (below: number) => Math.floor(chance.next() * below);
  const character = () => ALPHABET[whole(ALPHABET.length)] ?? "";
  const changes: ((text: string) => string)[] = [
    (text) => put(text, whole(text.length), 1, character()),
    (text) => put(text, whole(text.length), 0, character()),
    (text) => put(text, whole(text.length), 1, ""),
    (text) => put(text, whole(text.length), 1, ODD[whole(ODD.length)] ?? ""),
    (text) => text.slice(0, whole(text.length)),
    (text) => text + text.slice(whole(text.length)),
    (text) => {
      const at = whole(text.length - 1);
      return put(text, at, 2, `${text[at + 1]}${text[at]}`);
    },
    (text) => {
      const bytes = Buffer.from(text.slice(4), "base64url");
      const at = whole(bytes.length);
      bytes[at] = whole(256);
      return text.slice(0, 4) + bytes.toString("base64url");
    },
  ];
  const texts: string[] = [];
  while (texts.length < count) {
    let text = token;
    for (let times = 1 + whole(3); times > 0 && text.length > 1; times -= 1) {
      text = changes[whole(changes.length)]?.(text) ?? text;
    }
    if (text !== token) texts.push(text);
  }
  return texts;
}

const put = (text: string, at: number, length: number, piece: string) =>
  text.slice(0, at) + piece + text.slice(at + length);
