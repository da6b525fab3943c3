// The variables of the process itself, of its log and of its passwords.
import { z } from "zod";
import { logLevels } from "../../runtime/log.ts";
import { choice, optionalWholeNumber, variable, wholeNumber } from "./variable.ts";

export const serverVariables = {
  PROJO_ENV: choice({
    options: ["development", "production"],
    fallback: "development",
    example: "production",
    description:
      "`production` refuses every [unsafe setting](#production-mode), also on a server that only its own machine can reach",
  }),
  HOST: variable({
    schema: z.string().min(1).default("127.0.0.1"),
    expected: "an address to listen on, such as 127.0.0.1",
    values: "an address or a host name",
    description: "the address on which the server listens; `localhost` means `127.0.0.1`",
    example: "0.0.0.0",
  }),
  PORT: wholeNumber({
    min: 0,
    max: 65_535,
    fallback: 4000,
    description: "the port on which the server listens; 0 for a free port",
  }),
  PROJO_DATA_DIR: variable({
    schema: z.string().min(1).default(".projo"),
    expected: "a directory, such as .projo",
    values: "a path",
    description:
      "the directory of the [embedded database](#location-of-the-embedded-database), of keys that the server made, and of mail in files",
    example: "/var/lib/projostack",
  }),
  PROJO_LOG_LEVEL: choice({
    options: logLevels,
    fallback: "info",
    example: "warn",
    description: "the lowest level of lines in the [log](operations.md#server-log)",
  }),
  PROJO_FAST_PATH: choice({
    options: ["true", "false"],
    fallback: "true",
    example: "false",
    description:
      "whether ordinary calls take the [fast path](decisions/fast-path.md), hot reads are prefetched, and changes of one statement are sent in one message. With `false`, every call passes through tRPC's adapter, with the same results",
  }),
  PROJO_PASSWORD_MIN_LENGTH: wholeNumber({
    min: 8,
    max: 64,
    fallback: 15,
    unit: "characters",
    description: "the minimum length of a new password",
  }),
  PROJO_ARGON2_PARALLEL: optionalWholeNumber({
    min: 1,
    max: 256,
    example: 3,
    unset: "one less than the number of cores and threads",
    description:
      "the number of passwords that are hashed at the same time: see [passwords](decisions/passwords.md)",
  }),
  UV_THREADPOOL_SIZE: wholeNumber({
    min: 1,
    max: 1024,
    fallback: 4,
    unit: "threads",
    description: "the size of Node's thread pool, in which passwords are hashed",
  }),
};
