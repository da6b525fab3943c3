import { addVerbs } from "../verbs.ts";
import { addResendVerification } from "./resend.ts";
import { addEmailStatus } from "./status.ts";
import { addVerifyEmail } from "./verify.ts";

export const addEmail = addVerbs({
  verify: addVerifyEmail,
  resend: addResendVerification,
  status: addEmailStatus,
});
