import { createClient } from "@projostack/sdk";
import type { Home } from "./client.ts";
import { serviceFetch, type Service } from "./watched-fetch.ts";

/** Verifies the audit log of each workspace with `audit.verify`. @returns the problems */
export async function checkChains(service: Service, homes: readonly Home[]): Promise<string[]> {
  const problems: string[] = [];
  const fetch = serviceFetch(service);
  for (const { account, workspaceId } of homes) {
    const client = createClient({ baseUrl: service.url, fetch, workspaceId });
    await client.auth.signIn(account);
    let verdict = await client.audit.verify();
    while (verdict.intact && !verdict.done && verdict.last) {
      verdict = await client.audit.verify({ after: verdict.last });
    }
    if (!verdict.intact || !verdict.done) {
      problems.push(verdict.problem?.message ?? `the audit log of ${workspaceId} could not be verified`);
    }
  }
  return problems;
}
