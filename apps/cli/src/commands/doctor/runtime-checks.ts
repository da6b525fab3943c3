import { columnsOf, type Io } from "../../io.ts";
import { type Check, note, ok, problem } from "./check.ts";

/** The oldest version of `engines` in package.json. */
const OLDEST = [20, 19] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld
    ? problem("Node.js", `${version} is too old.`, `Install version ${OLDEST.join(".")} or newer.`)
    : ok("Node.js", version);
}

export function* checkTerminal(io: Io): Generator<Check> {
  const { stdin, stdout, stderr, env, platform } = io;
  const isTerminal = stdin.isTTY === true && stderr.isTTY === true;
  yield isTerminal
    ? ok("Terminal", `${columnsOf(stdout)} columns, TERM=${env["TERM"] ?? ""}`)
    : note(
        "Terminal",
        "standard input or standard error is no terminal, so projo asks no questions.",
        "Pass all arguments, and --yes to delete something.",
      );
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  if (platform !== "win32" && isTerminal && !/utf-?8/i.test(locale)) {
    yield note(
      "Locale",
      `${locale || "none"} is not UTF-8, so other letters than ASCII can look wrong.`,
      "Set LANG to a UTF-8 locale, such as C.UTF-8.",
    );
  }
}
