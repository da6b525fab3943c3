import { Option } from "commander";
import { listOrders } from "../choices.ts";

export const orderOption = (): Option =>
  new Option("--order <order>", "the order of the items; without it, the newest comes first").choices(
    listOrders,
  );
