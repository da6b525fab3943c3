import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateProject } from "./create.ts";
import { addDeleteProject } from "./delete.ts";
import { addListProjects } from "./list.ts";

export function addProjects(program: Command, start: Start): void {
  const projects = program
    .command("projects")
    .description("Create, list and delete projects of the workspace.");
  for (const add of [addCreateProject, addListProjects, addDeleteProject]) add(projects, start);
}
