import { addVerbs } from "../verbs.ts";
import { addAuthStatus } from "./status.ts";
import { addAuthSwitch } from "./switch.ts";

export const addAuth = addVerbs({
  status: addAuthStatus,
  switch: addAuthSwitch,
});
