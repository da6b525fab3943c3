// A program that uses `@projostack/sdk/node`.
import { createClient, type Fetch } from "@projostack/sdk";
import {
  clientFromEnv,
  createNodeFetch,
  fileTokenStore,
  SharedFileError,
  type FileTokenStore,
  type NodeFetchOptions,
} from "@projostack/sdk/node";

const options: NodeFetchOptions = { env: { HTTPS_PROXY: "http://127.0.0.1:3128" }, ca: undefined };
const fetch: Fetch = createNodeFetch(options);
export const client = createClient({ baseUrl: "http://127.0.0.1:4000", fetch });
export const titles = async (): Promise<string[]> => {
  const { items } = await client.tasks.list({ limit: 5 });
  return items.map(({ title }) => title);
};

const tokens: FileTokenStore = fileTokenStore({ path: "session.json" });
export const shared = createClient({ baseUrl: "http://127.0.0.1:4000", tokens });
export const configured = () => clientFromEnv({ timeoutMs: 5_000 }, { PROJO_URL: "http://127.0.0.1:4000" });
export const isFileProblem = (error: unknown): boolean => error instanceof SharedFileError;
