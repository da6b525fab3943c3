import { useMemberName, useProjectName } from "./use-names.ts";

interface NameProps {
  readonly id: string;
}

/** The name of a project, which is loaded if the page has not loaded it yet. */
export const ProjectName = ({ id }: NameProps) => <>{useProjectName(id) ?? "…"}</>;

/** The email address of a member, which is loaded if the page has not loaded it yet. */
export const MemberName = ({ id }: NameProps) => <>{useMemberName(id) ?? "…"}</>;
