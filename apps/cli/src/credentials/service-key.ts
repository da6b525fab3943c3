import type { Io } from "../io.ts";

/** Whether PROJO_TOKEN holds a service key: then a service is at work, and no person. */
export const isServiceKeySet = ({ env }: Io): boolean => env["PROJO_TOKEN"]?.startsWith("pjk_") === true;
