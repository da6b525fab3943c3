// The environment variables in effect. Their values can contain a token or the password of a proxy, which must not be shown.
import type { Io } from "../../io.ts";
import { type Check, note, ok, problem } from "./check.ts";

const VARIABLES = [
  "PROJO_URL",
  "PROJO_ACCOUNT",
  "PROJO_WORKSPACE",
  "PROJO_TOKEN",
  "PROJO_CA_FILE",
  "PROJO_CONFIG_DIR",
  "PROJO_TIMEOUT",
  "PROJO_PAGER",
  "PROJO_DEBUG",
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
  "NODE_EXTRA_CA_CERTS",
  "NO_COLOR",
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
];

export function* checkEnvironment({ env, settingVariables }: Io): Generator<Check> {
  const name = "Environment";
  const present = VARIABLES.filter((variable) => env[variable] && !settingVariables?.has(variable));
  yield ok(
    name,
    present.map((variable) => `${variable}=${shown(variable, env[variable] ?? "")}`).join(", ") ||
      "no variable is set",
  );
  if (env["PROJO_TOKEN"])
    yield note(
      name,
      "PROJO_TOKEN takes precedence over the stored accounts.",
      "To use an account, unset PROJO_TOKEN.",
    );
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    yield problem(
      name,
      "NODE_TLS_REJECT_UNAUTHORIZED=0 turns off the check of certificates, so others can read the password.",
      "Unset it. To trust a certificate authority, use --ca-file or PROJO_CA_FILE.",
    );
  }
  if (env["REQUEST_METHOD"] !== undefined && env["HTTP_PROXY"])
    yield note(name, "HTTP_PROXY is ignored, because REQUEST_METHOD is set.", "Set http_proxy instead.");
}

function shown(variable: string, value: string): string {
  if (variable === "PROJO_TOKEN")
    return `(${value.startsWith("pjk_") ? "a service key" : "a token"}, not shown)`;
  if (!/proxy|url/i.test(variable)) return withoutTokens(value);
  return withoutTokens(withoutPassword(value));
}

/** A token in the wrong variable is a secret too. */
const withoutTokens = (value: string): string => value.replaceAll(/pj[a-z]_\S*/g, "(a token, not shown)");

function withoutPassword(value: string): string {
  const at = value.lastIndexOf("@");
  return at === -1 ? value : `(name and password, not shown)@${value.slice(at + 1)}`;
}
