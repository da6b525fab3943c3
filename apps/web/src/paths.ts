/** The paths of the pages. */
export const paths = {
  signIn: "/sign-in",
  signUp: "/sign-up",
  verifyEmail: "/verify-email",
  forgotPassword: "/forgot-password",
  resetPassword: "/reset-password",
  acceptInvite: "/accept-invite",
  /** The path of invites in mails. */
  mailedInvite: "/invite",
  workspaces: "/workspaces",
  account: "/account",
  /** A section of a workspace, such as "tasks". */
  section: (workspaceId: string, section: string): string => `/w/${workspaceId}/${section}`,
} as const;

/** The path of sign-in, which leads back to `returnTo` afterwards. */
export const signInPath = (returnTo: string): string => withReturn(paths.signIn, returnTo);

/** Adds the path to which a page leads after its work. */
export const withReturn = (path: string, returnTo: string): string =>
  returnTo === paths.workspaces || returnTo === "/"
    ? path
    : `${path}?${new URLSearchParams({ return: returnTo }).toString()}`;

/** Reads the path of `withReturn` from a query string. An address of another origin is ignored. */
export function returnPath(search: string): string {
  const path = new URLSearchParams(search).get("return");
  const origin = "https://origin.invalid";
  if (path === null || !path.startsWith("/")) return paths.workspaces;
  try {
    // Browsers read a backslash as a slash, and drop tabs and line breaks. The URL parser does the same.
    const url = new URL(path, origin);
    return url.origin === origin ? url.pathname + url.search : paths.workspaces;
  } catch {
    return paths.workspaces;
  }
}
