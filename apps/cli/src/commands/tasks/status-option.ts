import { Option } from "commander";
import { statuses } from "../../import/check-row.ts";

export const statusOption = (description: string): Option =>
  new Option("--status <status>", description).choices(statuses);
