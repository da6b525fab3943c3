import { Option } from "commander";
import { taskStatuses } from "../../choices.ts";

export const statusOption = (description: string): Option =>
  new Option("--status <status>", description).choices(taskStatuses);
