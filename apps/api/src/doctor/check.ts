/** The result of one check of the doctor. No text contains a secret. */
export interface Check {
  /** The checked setting or group of settings. */
  readonly subject: string;
  readonly name: string;
  /** A problem prevents the server from starting or serving; a warning does not. */
  readonly status: "ok" | "warning" | "problem";
  /** The finding; for a problem and a warning also the next step. */
  readonly message: string;
}

/** Makes the checks of one subject. */
export const checksOf =
  (subject: string) =>
  (status: Check["status"], name: string, message: string): Check => ({ subject, name, status, message });
