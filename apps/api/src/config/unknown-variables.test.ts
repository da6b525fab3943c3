import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "./config.ts";
import { unknownVariables } from "./unknown-variables.ts";
import { variables } from "./variables.ts";

function linesOf(env: Readonly<Record<string, string>>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}
const meantBy = (name: string) => unknownVariables({ [name]: "x" }).map(({ meant }) => meant);

describe("A6 misspelt variables", () => {
  it.each([
    ["PROJO_EVN", "PROJO_ENV"],
    ["PROJO_TOKEN_KEY", "PROJO_TOKEN_KEYS"],
    ["PROJO_TOKENKEYS", "PROJO_TOKEN_KEYS"],
    ["PROJO_TOKEN_KEYS_FLIE", "PROJO_TOKEN_KEYS_FILE"],
    ["PROJO_MIAL", "PROJO_MAIL"],
    ["PROJO_TRUSTED_PROXY", "PROJO_TRUSTED_PROXIES"],
    ["PROJO_ALLOWED_ORIGIN", "PROJO_ALLOWED_ORIGINS"],
    ["PROJO_URL_APP", "PROJO_APP_URL"],
    ["PROJO_DATABASE_URL", "DATABASE_URL"],
    ["PROJO_REDIS_URL", "REDIS_URL"],
    ["PROJO_PORT", "PORT"],
    ["projo_env", "PROJO_ENV"],
  ])("%s means %s, and is refused in every mode", (name, meant) => {
    const message = `${name} is not a setting. Did you mean ${meant}? Correct the name, or remove the variable.`;
    expect(linesOf({ [name]: "x" })).toEqual([message]);
    expect(linesOf({ [name]: "x", PROJO_ENV: "production" })).toContain(message);
  });

  it("a variable of a setting that is no secret cannot name a file", () => {
    expect(linesOf({ PROJO_APP_URL_FILE: "/run/secrets/url" })).toEqual([
      "PROJO_APP_URL_FILE is not a setting: only secrets can be read from files. Set PROJO_APP_URL itself.",
    ]);
  });

  it("the value of a misspelt variable is not repeated", () => {
    expect(linesOf({ PROJO_SMPT_URL: "smtps://user:s3cret@mail.example.com" }).join()).not.toContain(
      "s3cret",
    );
  });
});

describe("unknown variables", () => {
  it("without a similar setting are refused in production, and reported in development", () => {
    expect(readConfig({ PROJO_COLOUR: "blue" }).warnings).toEqual([
      "PROJO_COLOUR is not a setting, so it has no effect",
    ]);
    expect(linesOf({ PROJO_ENV: "production", PROJO_COLOUR: "blue" })).toContain(
      "PROJO_COLOUR is not a setting, and PROJO_ENV is production. Remove it, or correct its name (docs/configuration.md).",
    );
  });

  it("do not include the variables of the server, of clients, of tests, of containers and of other programs", () => {
    const entries: [string, string][] = [
      ...Object.keys(variables).map((name): [string, string] => [name, "x"]),
      ["PROJO_TOKEN_KEYS_FILE", "x"],
      ["PROJO_TOKEN", "x"],
      ["PROJO_CONFIG_DIR", "x"],
      ["PROJO_TEST_FULL", "true"],
      ["PROJO_SERVICE_HOST", "10.0.0.1"],
      ["PROJO_SERVICE_PORT_HTTP", "4000"],
      ["PROJO_PORT", "tcp://10.0.0.1:4000"],
      ["PROJO_PORT_4000_TCP_ADDR", "10.0.0.1"],
      ["PROJECT_NAME", "x"],
      ["NODE_ENV", "x"],
    ];
    expect(unknownVariables(Object.fromEntries(entries))).toEqual([]);
  });

  it("have no meaning when the name is only a little similar", () => {
    for (const name of ["PROJO_X", "PROJO_FOO", "PROJO_BACKUP_BUCKET", "PROJO_REGION"])
      expect(meantBy(name), name).toEqual([null]);
  });

  it("the operator's program accepts them", () => {
    expect(() => readConfig({ PROJO_EVN: "production" }, "operator")).not.toThrow();
  });
});
