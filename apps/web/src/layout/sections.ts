import type { Permission } from "@projostack/sdk";
import { lazy, type ComponentType } from "react";
import type { IconName } from "../components/icon.tsx";
import type { layoutTexts } from "../texts/layout.ts";

export interface Section {
  /** The last part of its path: `/w/:workspaceId/<name>`. */
  readonly name: keyof typeof layoutTexts.sections;
  readonly icon: IconName;
  /** Users whose role lacks the permission do not see the section. */
  readonly permission: Permission;
  /** The page. It reads its workspace with `useWorkspace()`. */
  readonly page: ComponentType;
}

/** The sections of a workspace, in the order of the navigation. */
export const sections: readonly Section[] = [
  {
    name: "projects",
    icon: "folder",
    permission: "project:read",
    page: lazy(() => import("../pages/projects/projects-page.tsx")),
  },
  {
    name: "tasks",
    icon: "tasks",
    permission: "task:read",
    page: lazy(() => import("../pages/tasks/tasks-page.tsx")),
  },
  {
    name: "members",
    icon: "people",
    permission: "member:read",
    page: lazy(() => import("../pages/members/members-page.tsx")),
  },
  {
    name: "invites",
    icon: "mail",
    permission: "invite:manage",
    page: lazy(() => import("../pages/invites/invites-page.tsx")),
  },
  {
    name: "keys",
    icon: "key",
    permission: "key:manage",
    page: lazy(() => import("../pages/keys/keys-page.tsx")),
  },
  {
    name: "audit",
    icon: "list",
    permission: "audit:read",
    page: lazy(() => import("../pages/audit/audit-page.tsx")),
  },
  {
    name: "settings",
    icon: "settings",
    permission: "workspace:read",
    page: lazy(() => import("../pages/settings/settings-page.tsx")),
  },
];
