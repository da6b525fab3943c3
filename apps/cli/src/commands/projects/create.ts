import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";

export function addCreateProject(projects: Command, start: Start): void {
  projects
    .command("create")
    .description("Create a project. Prints its id.")
    .argument("<name>")
    .addHelpText("after", examples(['projo projects create "Website"']))
    .action(async (name: string, _options: unknown, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const project = await workspace.projects.create({ name });
      if (cli.json) {
        cli.value(project);
        return;
      }
      cli.line(project.id);
      cli.message(
        `Created the project ${project.name}. Next: projo tasks create TITLE --project ${project.id}`,
      );
    });
}
