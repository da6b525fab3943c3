import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { addListAlias } from "../list-alias.ts";
import { addCreateProject } from "./create.ts";
import { addDeleteProject } from "./delete.ts";
import { addGetProject } from "./get.ts";
import { addListProjects } from "./list.ts";
import { addRenameProject } from "./rename.ts";

export function addProjects(projects: Command, start: Start): void {
  for (const add of [addCreateProject, addListProjects, addGetProject, addRenameProject, addDeleteProject]) {
    add(projects, start);
  }
  addListAlias(projects);
}
