import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { account, queryClient, workspaceApi } from "./api.ts";
import { NameForm } from "./name-form.tsx";
import { Tasks } from "./tasks.tsx";

/** The first workspace of the user, or a form that creates one. */
export function Workspace() {
  const workspaces = useQuery(account.workspaces.list.queryOptions());
  const create = useMutation(
    account.workspaces.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(account.workspaces.pathFilter()),
    }),
  );

  if (workspaces.error) return <p role="alert">{workspaces.error.message}</p>;
  if (!workspaces.data) return <p>Loading</p>;
  const [workspace] = workspaces.data.items;
  if (!workspace)
    return (
      <NameForm label="New workspace" error={create.error} onSubmit={(name) => create.mutate({ name })} />
    );
  return (
    <>
      <h1>{workspace.name}</h1>
      <Project key={workspace.id} workspaceId={workspace.id} />
    </>
  );
}

/** The newest project of the workspace, or a form that creates one. */
function Project({ workspaceId }: { workspaceId: string }) {
  const api = useMemo(() => workspaceApi(workspaceId), [workspaceId]);
  const projects = useQuery(api.projects.list.queryOptions({ limit: 1 }));
  const create = useMutation(
    api.projects.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(api.projects.pathFilter()),
    }),
  );

  if (projects.error) return <p role="alert">{projects.error.message}</p>;
  if (!projects.data) return <p>Loading</p>;
  const [project] = projects.data.items;
  if (!project)
    return <NameForm label="New project" error={create.error} onSubmit={(name) => create.mutate({ name })} />;
  return (
    <>
      <h2>{project.name}</h2>
      <Tasks api={api} projectId={project.id} />
    </>
  );
}
