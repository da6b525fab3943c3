import { useMutation, useQuery } from "@tanstack/react-query";
import { queryClient, type WorkspaceApi } from "./api.ts";
import { NameForm } from "./name-form.tsx";

/** The newest tasks of a project, and a form that creates one. */
export function Tasks({ api, projectId }: { api: WorkspaceApi; projectId: string }) {
  const tasks = useQuery(api.tasks.list.queryOptions({ projectId, limit: 50 }));
  const create = useMutation(
    api.tasks.create.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(api.tasks.pathFilter()),
    }),
  );

  if (tasks.error) return <p role="alert">{tasks.error.message}</p>;
  if (!tasks.data) return <p>Loading</p>;
  return (
    <>
      <NameForm
        label="New task"
        error={create.error}
        onSubmit={(title) => create.mutate({ projectId, title })}
      />
      <ul>
        {tasks.data.items.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
    </>
  );
}
