import { expect, it } from "vitest";
import { createLog, plainLogOf } from "./log.ts";

function logInto(lines: string[]) {
  const destination = { write: (line: string) => void lines.push(line) };
  return createLog({ level: "info", pretty: false, destination });
}

const parsed = (line: string | undefined): object => {
  const { time: _, ...facts } = JSON.parse(line ?? "{}") as Record<string, unknown>;
  return facts;
};

it("redacts passwords and tokens in objects, also after the plain log was used", () => {
  const lines: string[] = [];
  const log = logInto(lines);
  plainLogOf(log).info({ path: "/" }, "request");
  log.info({ input: { password: "opensesame", accessToken: "pja_1" }, req: { headers: { a: "pja_2" } } });
  log.child({ requestId: "one" }).info({ input: { authorization: "pja_3" } });
  expect(lines).toHaveLength(3);
  expect(lines.join("")).not.toMatch(/opensesame|pja_/);
  expect(lines.join("").match(/\[Redacted\]/g)).toHaveLength(4);
});

it("writes the same line with the plain log, which is created once", () => {
  const lines: string[] = [];
  const log = logInto(lines);
  const line = { requestId: 'a "quoted" id', path: "/trpc/tasks.get\n\u2028", status: 200, ms: 1.5 };
  log.info(line, "request");
  plainLogOf(log).info(line, "request");
  plainLogOf(log).debug(line, "request");
  expect(lines).toHaveLength(2);
  expect(parsed(lines[1])).toEqual(parsed(lines[0]));
  expect(plainLogOf(log)).toBe(plainLogOf(log));
});
