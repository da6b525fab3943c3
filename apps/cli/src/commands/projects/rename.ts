import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProjectId } from "../../names/find-project.ts";
import { askForProject, askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";

export function addRenameProject(projects: Command, start: Start): void {
  projects
    .command("rename")
    .aliases(["edit", "update"])
    .description("Rename a project. Its id and its tasks stay the same.")
    .argument("[id-or-name]")
    .argument("[new-name]")
    .addHelpText("after", examples(['projo projects rename "Website" "Website 2026"']))
    .action(
      async (text: string | undefined, newName: string | undefined, _options: unknown, command: Command) => {
        const cli = start(command);
        const open = async () => (await cli.server()).workspace();
        const { project, name } = await askMissing(
          cli,
          { command, open },
          {
            project: [text, askForProject(cli, "<id-or-name>")],
            name: [newName, askForText(cli, "<new-name>", "New name of the project")],
          },
        );
        const workspace = await open();
        const found = await findProjectId(workspace, project);
        const renamed = await workspace.projects.update({ id: found.id, name });
        if (cli.json) cli.value(renamed);
        else cli.message(`The project ${found.name ?? found.id} is now named ${renamed.name}.`);
      },
    );
}
