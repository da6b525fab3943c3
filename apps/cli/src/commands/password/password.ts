import { addVerbs } from "../verbs.ts";
import { addChangePassword } from "./change.ts";
import { addRequestReset } from "./reset-request.ts";
import { addResetPassword } from "./reset.ts";

export const addPassword = addVerbs({
  change: addChangePassword,
  "reset-request": addRequestReset,
  reset: addResetPassword,
});
