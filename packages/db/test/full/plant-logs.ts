const idOf = (kind: number, n: number): string =>
  `0195a2c4-7d1e-7c3a-9d5e-${String(kind).padStart(4, "0")}${String(n).padStart(8, "0")}`;

/** The SQL, for a superuser, that creates workspaces with one account, one task and three audit entries each. */
export const plantLogs = (workspaces: number): string =>
  Array.from({ length: workspaces }, (_, n) => {
    const [user, workspace, project, task] = [1, 2, 3, 4].map((kind) => idOf(kind, n));
    const entry = (kind: number) =>
      `{"id": "${idOf(kind, n)}", "actorKind": "system", "action": "workspace.renamed", "targetType": "workspace", "targetId": "${workspace}", "outcome": "ok"}`;
    return `
      INSERT INTO users (id, email, password_hash) VALUES ('${user}', 'person${n}@example.com', 'none');
      INSERT INTO workspaces (id, name, created_by) VALUES ('${workspace}', 'Workspace ${n}', '${user}');
      INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ('${idOf(9, n)}', '${workspace}', '${user}', 'admin');
      INSERT INTO projects (id, workspace_id, name, created_by) VALUES ('${project}', '${workspace}', 'Launch', '${user}');
      INSERT INTO tasks (id, workspace_id, project_id, title, status, created_by)
        VALUES ('${task}', '${workspace}', '${project}', E'a\\ttab and a\\nline', 'todo', '${user}');
      SELECT set_config('app.workspace_id', '${workspace}', false);
      SELECT projo_audit_append('[${[5, 6, 7].map(entry).join(", ")}]');`;
  }).join("\n");
