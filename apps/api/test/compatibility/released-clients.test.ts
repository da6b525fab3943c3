// C1: the SDK of each recorded release, and what its programs expected of the server then, against the present server.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expiredAccessToken, mailFor, startTestServer, type TestServer } from "../kit/index.ts";

const folder = join(import.meta.dirname, "../../../../compatibility");
const versions = readdirSync(folder).filter((name) => /^\d+\.\d+\.\d+$/.test(name));

/** A recorded `wire.js`. */
interface Recorded {
  readonly steps: Readonly<Record<string, (context: object) => Promise<void>>>;
}

const importFile = async (...path: string[]): Promise<unknown> =>
  await import(pathToFileURL(join(folder, ...path)).href);

const released = await Promise.all(
  versions.map(async (version) => ({
    version,
    sdk: await importFile(version, "sdk", "index.js"),
    wire: (await importFile(version, "wire.js")) as Recorded,
  })),
);

it("C1 the repository has a recorded release", () => {
  expect(versions).not.toEqual([]);
});

describe.each(released)("C1 the SDK of $version with the present server", ({ sdk, wire }) => {
  let server: TestServer;
  let context: object;
  beforeAll(async () => {
    server = await startTestServer();
    context = {
      sdk,
      world: {},
      server: {
        url: server.url,
        mailToken: async (email: string) => (await mailFor(server, email)).token,
        expiredToken: (sessionId: string) => expiredAccessToken(server, sessionId),
      },
    };
  });
  afterAll(() => server.close());

  // The steps share their world, so a step that fails also fails those that need it.
  it.each(Object.keys(wire.steps))("%s", async (name) => {
    const step = wire.steps[name];
    // A step throws when an answer differs from the one that the released client got.
    await expect(step?.(context)).resolves.toBeUndefined();
  });
});
