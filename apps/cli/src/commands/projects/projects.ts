import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addCreateProject } from "./create.ts";
import { addDeleteProject } from "./delete.ts";
import { addListProjects } from "./list.ts";

export function addProjects(projects: Command, start: Start): void {
  for (const add of [addCreateProject, addListProjects, addDeleteProject]) add(projects, start);
}
