import { resourceDescriptions } from "@projostack/contract";

export const SERVER_TAG = "server";

export const tags: readonly { readonly name: string; readonly description: string }[] = [
  ...Object.entries(resourceDescriptions).map(([name, description]) => ({ name, description })),
  { name: SERVER_TAG, description: "Routes beside the operations: health, keys and this description." },
];
