// The packed and installed program behind a balancer, a proxy and a network that fail, and with a server of another version.
import { beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Behaviour } from "../../../gateway.ts";
import { nameOf, readCredentials } from "./accounts.ts";
import type { Environment } from "./environment.ts";
import { errorOf } from "./place.ts";

const html = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { "content-type": "text/html", ...headers },
  body: `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`,
});

interface Fault {
  what: string;
  behaviour: Behaviour;
  /** The end of the error of a command that reads. */
  read: string;
  /** The first part of the error of a command that changes data. */
  change?: string;
}

const endsWith = (text: string) => new RegExp(`${text.replaceAll(/[.()?]/g, "\\$&")}$`);

/** @param openedEnvironment returns the environment, which is open before the first test */
export function networkTests(openedEnvironment: () => Environment): void {
  let ann: Environment["ann"];
  let line: Environment["line"];
  let behind: Environment["behind"];

  beforeAll(() => {
    ({ ann, line, behind } = openedEnvironment());
  });

  describe("a network", () => {
    const proxyHas = "without a ProjoStack response: a proxy has no server available.";
    const connectionLost = "was lost before the response was complete (ECONNRESET).";
    const tooLong = "The server took longer than --timeout 3 allows.";
    const faults: readonly Fault[] = [
      {
        what: "the 502 of a balancer",
        behaviour: { instead: () => html(502) },
        read: "a proxy got no answer from the server. Try again later.",
      },
      {
        what: "its 503 with a long pause",
        behaviour: { instead: () => html(503, { "retry-after": "300" }) },
        read: `${proxyHas} Try again in 5 minutes.`,
      },
      {
        what: "its 503 with a short pause",
        behaviour: { instead: () => html(503, { "retry-after": "1" }) },
        read: `${proxyHas} Try again in 1 second.`,
      },
      {
        what: "a login page",
        behaviour: { instead: () => html(200) },
        read: "it is a web page. Check that the address (--url or PROJO_URL) is correct and that no proxy or login page is in between.",
      },
      {
        what: "an answer that ends in the middle",
        behaviour: { isCut: true },
        read: `${connectionLost} Run the command again. If it fails again, check whether the server expects an https address.`,
        change: connectionLost,
      },
      {
        what: "no answer",
        behaviour: { isSilent: true },
        read: `${tooLong} Run the command again, or allow more time.`,
        change: tooLong,
      },
    ];

    it.each(faults)(
      "that gives $what is named, and a change may have been carried out",
      async ({ behaviour, read, change = read }) => {
        const place = await behind(behaviour);
        const timeout = behaviour.isSilent ? " --timeout 3" : "";
        const [list, create] = await Promise.all([
          place.line(`projo projects list${timeout}`),
          place.line(`projo projects create Website${timeout}`),
        ]);
        expect([list.code, errorOf(list)]).toEqual([1, expect.stringMatching(endsWith(read))]);
        const check =
          "The server may have carried it out. Before you run the command again, see: projo projects list";
        expect([create.code, errorOf(create)]).toEqual([
          1,
          expect.stringMatching(endsWith(`${change} ${check}`)),
        ]);
        place.gateway.behaviour = {};
        expect(await place.line("projo projects list --quiet")).toMatchObject({ code: 0, err: "" });
      },
    );

    it("whose proxy cannot be reached is named with the variables", async () => {
      const env = { HTTP_PROXY: "http://user:hidden@127.0.0.1:9" };
      const error = errorOf(await line(`projo projects list ${ann.options}`, { env }));
      expect(error).toMatch(
        /proxy.*Check HTTPS_PROXY and HTTP_PROXY, or add the host of the server to NO_PROXY/,
      );
      expect(error).not.toContain("hidden");
    });

    it("with 6 seconds for each request: projo waits, prints nothing in a pipe, and ends at --timeout", async () => {
      const { line: slow, home } = await behind({ delayMs: 6_000 });
      const [list, limited, created, status, loggedOut, doctor] = await Promise.all([
        slow("projo projects list --jq '.items[].name'"),
        slow("projo projects list --timeout 2"),
        slow("projo projects create Late --timeout 2 --json"),
        slow("projo status --timeout 2"),
        slow("projo logout --timeout 2"),
        slow("projo doctor --timeout 2"),
      ]);
      const took = "The server took longer than --timeout 2 allows.";
      expect(list).toEqual({ code: 0, out: expect.stringContaining(`${nameOf(ann)}\n`), err: "" });
      expect([limited.code, errorOf(limited)]).toEqual([
        1,
        `${took} Run the command again, or allow more time.`,
      ]);
      expect([created.code, JSON.parse(created.err)]).toEqual([
        1,
        {
          error: {
            reason: "cli.timeout",
            message: `${took} The server may have carried it out. Before you run the command again, see: projo projects list`,
            mayHaveBeenCarriedOut: true,
          },
        },
      ]);
      expect([status.code, status.out]).toEqual([1, expect.stringContaining(`Health:    ${took}`)]);
      expect([loggedOut.code, errorOf(loggedOut)]).toEqual([
        1,
        `${took} The session of ann@example.com is still stored here, but the server may have ended it. Run the command again, or delete the session here only: projo logout --local`,
      ]);
      expect([doctor.code, doctor.out]).toEqual([1, expect.stringContaining(took)]);
      expect((await readCredentials(home)).current).toBeDefined();
    });
  });

  describe("a server of another version", () => {
    it("of an older version: the missing operation is named, and the other operations work", async () => {
      const { line: older } = await behind({
        passAs: (operation) => (operation === "projects.list" ? "projects.listAll" : operation),
      });
      expect(errorOf(await older("projo projects list"))).toMatch(
        /^The server has no operation projects\.list: it is of another version than projo [\d.]+\. To see its version, run: projo call system\.health$/,
      );
      expect(await older("projo workspaces list --jq '.items[].name'")).toEqual({
        code: 0,
        out: "Of ann@example.com\n",
        err: "",
      });
    });

    it("of a newer version may have more fields, values and reasons", async () => {
      const { line: newer } = await behind({
        instead: (operation) => (operation === "projects.create" ? reserved : undefined),
        alter: (answer) => ({
          ...answer,
          body: answer.body
            .replace('"items":[{', '"brandNew":1,"items":[{"brandNew":{"a":[1]},')
            .replaceAll('"role":"admin"', '"role":"owner"')
            .replace(/"version":"\d+\.[^"]*"/, '"version":"0.9.0"'),
        }),
      });
      const list = await newer("projo workspaces list");
      expect(list).toMatchObject({ code: 0, err: "" });
      expect(list.out).toMatch(/\tOf ann@example\.com\towner\t/);
      expect(JSON.parse((await newer("projo workspaces list --json")).out)).toMatchObject({
        items: [{ brandNew: { a: [1] }, role: "owner" }],
      });
      expect(errorOf(await newer("projo projects create Reserved"))).toBe("The name is reserved.");
      expect(JSON.parse((await newer("projo projects create Reserved --json")).err)).toMatchObject({
        error: { reason: "project.reserved", message: "The name is reserved.", status: 409 },
      });
      expect((await newer("projo status")).out).toMatch(/server 0\.9\.0, .* a newer projo has more commands/);
    });

    const reserved: Answer = {
      status: 409,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        error: {
          message: "The name is reserved.",
          code: -32009,
          data: { code: "CONFLICT", httpStatus: 409, reason: "project.reserved", requestId: "r-1" },
        },
      }),
    };
  });
}
