import type { Command } from "commander";
import { CliError } from "../../cli-error.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findProject } from "../../names/find-project.ts";
import { askConfirmation } from "../../terminal/prompts.ts";
import { sanitize } from "../../terminal/sanitize.ts";

export function addDeleteProject(projects: Command, start: Start): void {
  projects
    .command("delete")
    .description("Delete a project and all its tasks.")
    .argument("<id-or-name>")
    .option("--yes", "do not ask for confirmation")
    .addHelpText(
      "after",
      examples(['projo projects delete "Website"', 'projo projects delete "Website" --yes']),
    )
    .action(async (idOrName: string, options: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const project = await findProject(workspace, idOrName);
      const agreed =
        options.yes ||
        (await askConfirmation(cli.io, {
          message: `Delete the project ${sanitize(project.name)} and all its tasks?`,
          nonInteractiveHint: `There is no terminal to ask for confirmation. To delete the project ${project.name} and all its tasks, add --yes`,
        }));
      if (!agreed)
        throw new CliError(
          "cli.not_confirmed",
          "The project was not deleted. To confirm without a prompt, add --yes.",
        );
      const deleted = await workspace.projects.delete({ id: project.id });
      if (cli.json) cli.value(deleted);
      else cli.message(`Deleted the project ${project.name} and all its tasks.`);
    });
}
