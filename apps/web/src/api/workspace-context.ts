import type { CookieClient, OwnWorkspace, Permission } from "@projostack/sdk";
import { createContext, use } from "react";
import type { Me } from "./session.ts";

/** The workspace of the page. */
export interface CurrentWorkspace {
  readonly id: string;
  readonly workspace: OwnWorkspace;
  readonly me: Me;
  /** A client whose calls apply to the workspace. */
  readonly api: CookieClient;
  /** Whether the page offers what needs the permission. */
  readonly can: (permission: Permission) => boolean;
}

export const WorkspaceContext = createContext<CurrentWorkspace | null>(null);

/** The workspace of the page, in all pages below `/w/:workspaceId`. */
export function useWorkspace(): CurrentWorkspace {
  const workspace = use(WorkspaceContext);
  if (workspace === null) throw new Error("useWorkspace works in the pages of a workspace only.");
  return workspace;
}
