// The fast server and the plain one are asked the same, and answer the same: requests out of the ordinary, every reason to
// fail, and some thousands that chance made.
import { permissions } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { setScene, type Scene } from "../proofs/inputs.ts";
import { castFor, type Cast } from "./cast.ts";
import { oddRequests } from "./odd-requests.ts";
import { startTwins, type Twins } from "./twins.ts";

let twins: Twins;
let cast: Cast;
let scene: Scene;
beforeAll(async () => {
  twins = await startTwins();
  cast = await castFor(twins.both);
  scene = await setScene(twins.both, cast.admin, { workspaceId: cast.homeId, email: cast.admin.email });
});
afterAll(() => twins.close());

it("to requests out of the ordinary", { timeout: 60_000 }, async () => {
  const statuses = new Map<number, number>();
  const found: string[] = [];
  for (const [says, sent] of await oddRequests(cast, scene)) {
    const { heard, difference } = await twins.ask(sent);
    statuses.set(heard.status, (statuses.get(heard.status) ?? 0) + 1);
    if (difference !== null) found.push(`${says}: ${difference}`);
  }
  console.log(statuses);
  expect(found.slice(0, 30).join("\n")).toBe("");
  for (const status of [200, 204, 207, 400, 401, 404, 405, 413, 415]) expect(statuses.get(status), `${status}`).toBeGreaterThan(0);
});
