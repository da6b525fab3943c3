import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";

export function addCreateProject(projects: Command, start: Start): void {
  projects
    .command("create")
    .alias("new")
    .description("Create a project. Prints its id.")
    .argument("[name]")
    .addHelpText("after", examples(['projo projects create "Website"']))
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const { name } = await askMissing(
        cli,
        { command, open },
        { name: [given, askForText(cli, "<name>", "Name of the project")] },
      );
      const project = await (await open()).projects.create({ name });
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
