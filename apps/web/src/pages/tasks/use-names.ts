// The names of projects and of members, for the fields that select one of them and for the rows of tasks.
import { isReason } from "@projostack/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queryKeys } from "../../api/query-keys.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { tasksTexts as texts } from "../../texts/tasks.ts";

const LIMIT = 100;
/** Names change rarely. Their changes in this browser mark them as outdated. */
const STALE_AFTER_MS = 5 * 60_000;

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface Options {
  readonly items: readonly Option[];
  /** Whether a search is needed to find the others. */
  readonly hasMore: boolean;
}

/** Up to 100 projects whose names contain the text. */
export function useProjectOptions(search = "") {
  const { id, api } = useWorkspace();
  return useQuery({
    queryKey: queryKeys.inWorkspace(id, "project-names", search),
    queryFn: async ({ signal }): Promise<Options> => {
      const { items, nextCursor } = await api.projects.list(
        { limit: LIMIT, ...(search !== "" && { search }) },
        { signal },
      );
      return {
        items: items.map(({ id: value, name: label }) => ({ value, label })),
        hasMore: nextCursor !== null,
      };
    },
    staleTime: STALE_AFTER_MS,
    placeholderData: keepPreviousData,
  });
}

/** Up to 100 members whose email addresses contain the text. */
export function useMemberOptions(search = "") {
  const { id, api, me } = useWorkspace();
  return useQuery({
    queryKey: queryKeys.inWorkspace(id, "member-names", search),
    queryFn: async ({ signal }): Promise<Options> => {
      const { items, nextCursor } = await api.members.list(
        { limit: LIMIT, ...(search !== "" && { search }) },
        { signal },
      );
      return {
        items: items.map(({ userId, email }) => ({
          value: userId,
          label: userId === me.user.id ? texts.you(email) : email,
        })),
        hasMore: nextCursor !== null,
      };
    },
    staleTime: STALE_AFTER_MS,
    placeholderData: keepPreviousData,
  });
}

/** The name of one project, also of one that is not among the first 100. Undefined while it loads. */
export function useProjectName(projectId: string | undefined): string | undefined {
  const { id, api } = useWorkspace();
  const { data: first } = useProjectOptions();
  const known = labelOf(first, projectId);
  const { data } = useQuery({
    queryKey: queryKeys.inWorkspace(id, "project-names", "one", projectId),
    queryFn: async ({ signal }) => {
      try {
        return (await api.projects.get({ id: projectId ?? "" }, { signal })).name;
      } catch (error) {
        if (!isReason(error, "project.not_found")) throw error;
        return texts.unknownProject;
      }
    },
    staleTime: STALE_AFTER_MS,
    enabled: projectId !== undefined && first !== undefined && known === undefined,
  });
  return known ?? data;
}

/** The email address of one member. Undefined while it loads. */
export function useMemberName(userId: string | undefined): string | undefined {
  const { id, api } = useWorkspace();
  const { data: first } = useMemberOptions();
  const known = labelOf(first, userId);
  const { data } = useQuery({
    queryKey: queryKeys.inWorkspace(id, "member-names", "one", userId),
    queryFn: async ({ signal }) => {
      try {
        return (await api.members.get({ userId: userId ?? "" }, { signal })).email;
      } catch (error) {
        if (!isReason(error, "member.not_found")) throw error;
        return texts.formerMember;
      }
    },
    staleTime: STALE_AFTER_MS,
    enabled: userId !== undefined && first !== undefined && known === undefined,
  });
  return known ?? data;
}

const labelOf = (options: Options | undefined, value: string | undefined): string | undefined =>
  options?.items.find((option) => option.value === value)?.label;
