// Tampered copies of an exported log, for the tests of its verification.
import { createHash } from "node:crypto";
import { fileOf, type ExportedLine, type ExportedLog } from "./audit-log.ts";

export function forge(lines: ExportedLine[], seq: number): void {
  const line = at(lines, seq);
  line.text = line.text.replace('"outcome" : "ok"', '"outcome" : "failed"');
}

/** Recomputes the hashes of these entries, as an attacker could. */
export function rehash(lines: ExportedLine[], from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) {
    const before = lines[seq - 2]?.hash ?? "00".repeat(32);
    const line = at(lines, seq);
    line.hash = createHash("sha256").update(before, "hex").update(line.text).digest("hex");
  }
}

function at<T>(lines: readonly T[], seq: number): T {
  const line = lines[seq - 1];
  if (line === undefined) throw new Error(`There is no entry ${seq}.`);
  return line;
}

interface Tampered {
  what: string;
  /** The first invalid entry; null when a checkpoint is invalid. */
  seq: number | null;
  problem: string;
  content: string;
}

interface Tampering {
  log: ExportedLog;
  foreign: ExportedLog;
  round: number;
  random: (max: number) => number;
}

/** Tampers with the log in one of 20 ways at a random entry. @returns the file and the first invalid entry */
export function tamper({ log, foreign, round, random }: Tampering): Tampered {
  const length = log.lines.length;
  const lines: (ExportedLine | string)[] = structuredClone(log.lines);
  const own = lines as ExportedLine[];
  const seq = 2 + random(length - 3);
  const later = seq + 1 + random(length - seq);
  const line = at(own, seq);
  const withFooter = (what: string, firstInvalid: number | null, problem: string): Tampered => {
    const footer = { ...log.footer, entries: lines.length };
    return { what, seq: firstInvalid, problem, content: fileOf(log.header, lines, footer) };
  };
  switch (round % 20) {
    case 0: {
      const place = line.text.indexOf('"id"') + random(line.text.length - line.text.indexOf('"id"'));
      line.text =
        line.text.slice(0, place) + (line.text[place] === "x" ? "y" : "x") + line.text.slice(place + 1);
      return withFooter(`a letter of entry ${seq} is changed`, seq, "edited");
    }
    case 1:
      line.text = line.text.replace("\ufffd", "\ud800");
      return withFooter(`entry ${seq} has a lone surrogate instead of U+FFFD`, seq, "edited");
    case 2:
      line.hash = at(own, later).hash;
      return withFooter(`entry ${seq} has the hash of ${later}`, seq, "edited");
    case 3:
      line.personal = {
        ...line.personal,
        ip: { value: "198.51.100.1", salt: line.personal?.["ip"]?.salt ?? "" },
      };
      return withFooter(`the address of entry ${seq} is changed`, seq, "personal");
    case 4: {
      const { value = "", salt = "" } = line.personal?.["ip"] ?? {};
      // The same bytes, with a different boundary between salt and value.
      line.personal = {
        ip: { value: value.slice(1), salt: salt + Buffer.from(value.slice(0, 1)).toString("hex") },
      };
      return withFooter(`a letter of entry ${seq}'s address is moved into the salt`, seq, "personal");
    }
    case 5:
      line.personal = { ...line.personal, toString: { value: "", salt: "0".repeat(32) } };
      return withFooter(`entry ${seq} has a value without a commitment`, seq, "personal");
    case 6:
      lines.splice(seq - 1, 1);
      return withFooter(`entry ${seq} is deleted`, seq, "missing");
    case 7:
      lines.splice(seq - 1, later - seq);
      return withFooter(`entries ${seq} to ${later - 1} are deleted`, seq, "missing");
    case 8:
      [lines[seq - 1], lines[later - 1]] = [at(own, later), line];
      return withFooter(`entries ${seq} and ${later} change places`, seq, "reordered");
    case 9:
      lines.push(...lines.splice(seq - 1, 1));
      return withFooter(`entry ${seq} moves to the end`, seq, "reordered");
    case 10:
      lines.length = seq;
      return withFooter(
        `the entries after ${seq} are removed, and the count is corrected`,
        seq + 1,
        "truncated",
      );
    case 11: {
      const content = fileOf(log.header, lines.slice(0, seq), log.footer);
      return {
        what: `${length - seq} entries are removed from the end`,
        seq: seq + 1,
        problem: "truncated",
        content,
      };
    }
    case 12: {
      const content = fileOf(log.header, lines.slice(0, seq));
      return { what: `the file ends after entry ${seq}`, seq: seq + 1, problem: "truncated", content };
    }
    case 13:
      lines.splice(seq - 1, random(2), at(foreign.lines, 1 + random(length)));
      return withFooter(`an entry of another workspace is at ${seq}`, seq, "foreign");
    case 14:
      lines.splice(later - 1, 0, line);
      return withFooter(`entry ${seq} is repeated at ${later}`, later, "repeated");
    case 15:
      lines[seq - 1] = ["", "{", "[]", "null", '{"text":1}', '"text"', '{"text":"{}"}'][random(7)] ?? "";
      return withFooter(`line ${seq} is no entry`, seq, "edited");
    case 16:
      forge(own, seq);
      rehash(own, seq, seq);
      return withFooter(`entry ${seq} and its hash are forged`, seq + 1, "edited");
    case 17:
      forge(own, seq);
      rehash(own, seq, length);
      return withFooter(`entry ${seq} and all later entries are forged`, length, "rewritten");
    case 18:
      lines.splice(seq - 1, 1);
      for (let place = seq; place < length; place += 1) {
        const moved = at(own, place);
        moved.text = moved.text.replace(`"seq" : ${place + 1}`, `"seq" : ${place}`);
      }
      rehash(own, seq, length - 1);
      return withFooter(`entry ${seq} is deleted, and later entries are renumbered`, length, "truncated");
    default: {
      const text = log.footer.checkpoint.text.replace(/[0-9a-f]{64}/, line.hash);
      const footer = { entries: length, checkpoint: { ...log.footer.checkpoint, text } };
      const content = fileOf(log.header, lines, footer);
      return { what: "the checkpoint is rewritten", seq: null, problem: "checkpoint", content };
    }
  }
}

/** A pseudorandom generator with a fixed seed: a linear congruential generator. @returns numbers from 0 to `max` - 1 */
export function seeded(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}
