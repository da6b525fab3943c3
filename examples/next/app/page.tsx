import { redirect } from "next/navigation";
import { createProject, createTask, createWorkspace, signOut } from "./actions.ts";
import { NameForm } from "./name-form.tsx";
import { createProjoClient, isSignedOut } from "./projo-client.ts";
import { Tasks } from "./tasks.tsx";

export default async function Page() {
  const { user, workspace, project, tasks } = await load().catch((error: unknown) => {
    if (isSignedOut(error)) redirect("/sign-in");
    throw error;
  });
  return (
    <main>
      <form action={signOut}>
        {user.email} <button>Sign out</button>
      </form>
      {workspace ? <h1>{workspace.name}</h1> : <NameForm label="New workspace" action={createWorkspace} />}
      {workspace && !project && (
        <NameForm label="New project" action={createProject.bind(null, workspace.id)} />
      )}
      {workspace && project && (
        <>
          <h2>{project.name}</h2>
          <Tasks
            tasks={tasks}
            createTask={createTask.bind(null, { workspaceId: workspace.id, projectId: project.id })}
          />
        </>
      )}
    </main>
  );
}

/** The user, their first workspace, its newest project, and the newest tasks of this project. */
async function load() {
  const client = await createProjoClient();
  const [{ user }, { items: workspaces }] = await Promise.all([client.auth.me(), client.workspaces.list()]);
  const [workspace] = workspaces;
  if (!workspace) return { user, tasks: [] };
  const api = client.workspace(workspace.id);
  const { items: projects } = await api.projects.list({ limit: 1 });
  const [project] = projects;
  if (!project) return { user, workspace, tasks: [] };
  const { items } = await api.tasks.list({ projectId: project.id, limit: 50 });
  return { user, workspace, project, tasks: items.map(({ id, title }) => ({ id, title })) };
}
