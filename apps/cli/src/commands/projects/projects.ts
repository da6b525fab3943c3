import { addVerbs } from "../verbs.ts";
import { addCreateProject } from "./create.ts";
import { addDeleteProject } from "./delete.ts";
import { addGetProject } from "./get.ts";
import { addListProjects } from "./list.ts";
import { addRenameProject } from "./rename.ts";

export const addProjects = addVerbs({
  create: addCreateProject,
  list: addListProjects,
  get: addGetProject,
  rename: addRenameProject,
  delete: addDeleteProject,
});
