import { Option } from "commander";
import { listOrders } from "../choices.ts";

export const orderOption = (): Option =>
  new Option("--order <order>", "order of the items (default: newest)").choices(listOrders);
