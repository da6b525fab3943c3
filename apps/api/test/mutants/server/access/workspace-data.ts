// Mutants of the checks of exports and imports.
import { systemRandomness } from "../../../../src/runtime/randomness.ts";
import { send, start, taskLine, projectLine } from "../../../workspace-data/lines.ts";
import { succeeded, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const { newId } = systemRandomness;

const lostWrite: Attack = {
  title: "a workspace is deleted after a write that its export does not contain",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { data } = await admin.call("workspaceData.fingerprint", {}, id);
    await admin.call("projects.create", { name: "Late" }, id);
    const { name } = (await admin.call("workspaces.get", {}, id)).data as { name: string };
    return succeeded(await admin.call("workspaces.delete", { name, fingerprint: data.fingerprint }, id));
  },
};

const mixedExports: Attack = {
  title: "two exports are imported into one workspace",
  tryOn: async (server) => {
    const { admin: person, id: workspaceId } = await team(server);
    await start({ person, workspaceId });
    return succeeded(await start({ person, workspaceId }, "00".repeat(32)));
  },
};

const intoWork: Attack = {
  title: "an export is imported between the projects of a team",
  tryOn: async (server) => {
    const { admin: person, id: workspaceId } = await team(server);
    await person.call("projects.create", { name: "Mine" }, workspaceId);
    return succeeded(await start({ person, workspaceId }));
  },
};

const leavesGap: Attack = {
  title: "lines of an export are left out",
  tryOn: async (server) => {
    const { admin: person, id: workspaceId } = await team(server);
    await start({ person, workspaceId });
    return succeeded(await send({ person, workspaceId }, "projects", [projectLine(newId(), "Fourth")], 3));
  },
};

const chosenId: Attack = {
  title: "a caller chooses the id of a task",
  tryOn: async (server) => {
    const { admin: person, id: workspaceId } = await team(server);
    const [project, task] = [newId(), newId()];
    await start({ person, workspaceId });
    await send({ person, workspaceId }, "projects", [projectLine(project, "Engines")]);
    await send({ person, workspaceId }, "tasks", [taskLine(task, project, "Chosen")]);
    return succeeded(await person.call("tasks.get", { id: task }, workspaceId));
  },
};

const folder = "apps/api/src/features/workspace-data";

export const workspaceData: readonly Mutant[] = [
  {
    removed: [
      guard("a deletion compares the fingerprint", "apps/api/src/features/workspaces/delete-workspace.ts", [
        "if (fingerprint !== undefined &&",
        "if (fingerprint === name &&",
      ]),
    ],
    succeeds: [lostWrite],
  },
  {
    removed: [
      guard("an import continues only with the same export", `${folder}/start-import.ts`, [
        "running ? !manifestHash.equals(running.manifestHash) :",
        "running ? false :",
      ]),
    ],
    succeeds: [mixedExports],
    stillBlocked: [intoWork],
  },
  {
    removed: [
      guard("an import needs an empty workspace", `${folder}/start-import.ts`, [
        ": !(await imports.isEmpty())",
        ": false",
      ]),
    ],
    succeeds: [intoWork],
    stillBlocked: [mixedExports],
  },
  {
    removed: [
      guard("lines follow the imported ones", `${folder}/import-rows.ts`, [
        'if (from > done) throw new Failure("import.gap");',
        "",
      ]),
    ],
    succeeds: [leavesGap],
  },
  {
    removed: [
      guard("the id of an imported row depends on the salt", `${folder}/imported-id.ts`, [
        "mac.subarray(ORDERED_BYTES, 16)",
        "source.subarray(ORDERED_BYTES, 16)",
      ]),
      guard("the counter's byte of the id depends on the salt", `${folder}/imported-id.ts`, [
        "(random & ~COUNTER_BITS)",
        "(source[ORDERED_BYTES] ?? 0)",
      ]),
    ],
    succeeds: [chosenId],
  },
];
