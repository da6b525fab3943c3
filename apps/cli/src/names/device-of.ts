/** Returns the program that signed in. A program that uses the SDK names itself after the SDK and the runtime. */
export const deviceOf = (userAgent: string | null): string =>
  userAgent?.replace(/^projostack-sdk\/\S+ (?:\(\S+\) )?(?=\S)/, "") ?? "unknown";
