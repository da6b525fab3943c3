import { UsageError } from "../../command.ts";

/** @throws UsageError when the text is not an id */
export async function requireId(text: string): Promise<void> {
  const { UUID } = await import("@projostack/db");
  if (!UUID.test(text))
    throw new UsageError("Give the id of the workspace, which `projostack workspaces list` shows.");
}
