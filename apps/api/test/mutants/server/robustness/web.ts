// Mutants of the delivery of the web application: its headers, its caching, the paths that get the page, its files, and the
// links to its pages.
import { call, eventually, mailsOf, type TestServer } from "../../../kit/index.ts";
import { ask, navigation } from "../../../delivery/request.ts";
import { newUser, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const headerOf = async ({ url }: TestServer, path: string, name: string): Promise<string> =>
  String((await ask(url, path, navigation)).headers[name] ?? "");

/** Succeeds when the policy of a page does not contain the directive. */
const withoutDirective = (title: string, directive: string, path = "/w/1/tasks"): Attack => ({
  title,
  tryOn: async (server) =>
    !(await headerOf(server, path, "content-security-policy")).split("; ").includes(directive),
});

const runsInlineScript = withoutDirective("the page runs an inline script", "script-src 'self'");
const takesTextAsHtml = withoutDirective("the page takes text as HTML", "require-trusted-types-for 'script'");
const isFramed = withoutDirective("another page shows the application in a frame", "frame-ancestors 'none'");
const sendsForms = withoutDirective("the page sends a form to another origin", "form-action 'self'");
const imageRunsScript = withoutDirective("an SVG image runs a script", "sandbox", "/favicon.svg");

const isStored: Attack = {
  title: "a cache stores the page",
  tryOn: async (server) => (await headerOf(server, "/w/1/tasks", "cache-control")) !== "no-store",
};

/** Succeeds when the path is answered with a file or a page. */
const isServed = (title: string, path: string, headers: Readonly<Record<string, string>> = navigation) => ({
  title,
  tryOn: async ({ url }: TestServer) => (await ask(url, path, headers)).status === 200,
});

const pageForFile = isServed("a missing file is answered with the page", "/missing.js");
const pageForAsset = isServed("a missing file of /assets/ is answered with the page", "/assets/missing.js");
const pageForApi = isServed("a path of the API is answered with the page", "/trpc");
const pageForProgram = isServed("a program gets the page in place of an error", "/w/1/tasks", {
  accept: "application/json",
});
const hiddenFile = isServed("a hidden file of the directory is sent", "/.env");
const linkedFile = isServed("a file outside the directory is sent through a link", "/passwd.txt");

/** Whether the part of the URL that a browser sends contains a token. */
const isTokenSent = (url: string): boolean => /pj[oi]_/.test(url.split("#", 1)[0] ?? "");

const mailedTokenInQuery: Attack = {
  title: "the browser sends the token of a mailed link to a server",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    await call(server.url, "password.requestReset", { input: { email } });
    const link = await eventually(async () => {
      const mails = (await mailsOf(server)).filter(({ headers }) => headers.get("to") === email);
      return mails.flatMap(({ text }) => /https?:\/\/\S+reset-password\S+/.exec(text)?.[0] ?? [])[0];
    });
    return isTokenSent(link);
  },
};

const inviteTokenInQuery: Attack = {
  title: "the browser sends the token of an inviter's link to a server",
  tryOn: async (server) => {
    const here = await team(server);
    const { data } = await here.admin.call(
      "invites.create",
      { email: `${here.id}@example.com`, role: "member" },
      here.id,
    );
    return isTokenSent(String(data.link));
  },
};

const headersFile = "apps/api/src/http/web/page-headers.ts";
const applicationFile = "apps/api/src/http/web/web-application.ts";
const filesFile = "apps/api/src/http/web/web-files.ts";

const mutantOf = (
  title: string,
  [file, text, replacement]: readonly [file: string, text: string, replacement: string],
  succeeds: readonly Attack[],
): Mutant => ({ removed: [guard(title, file, [text, replacement])], succeeds });

const noPageForFiles = guard("a path with a dot in a segment gets no page", applicationFile, [
  String.raw`/^(?:\/[\w~!`,
  String.raw`/^(?:\/[\w.~!`,
]);
const noPageForAssets = guard("a path below /assets/ gets no page", applicationFile, [
  'new Set(["docs", firstSegmentOf(HASHED)])',
  'new Set(["docs"])',
]);

export const web: readonly Mutant[] = [
  mutantOf(
    "the policy of the page permits only scripts of its own files",
    [headersFile, `"script-src 'self'"`, `"script-src 'self' 'unsafe-inline'"`],
    [runsInlineScript],
  ),
  mutantOf(
    "the page requires trusted types",
    [headersFile, `  "require-trusted-types-for 'script'",\n`, ""],
    [takesTextAsHtml],
  ),
  mutantOf(
    "the policy of the page permits no frame",
    [headersFile, `  "frame-ancestors 'none'",\n`, ""],
    [isFramed],
  ),
  mutantOf(
    "the policy of the page permits only forms to its own origin",
    [headersFile, `  "form-action 'self'",\n`, ""],
    [sendsForms],
  ),
  mutantOf(
    "a document that is not a page is sandboxed",
    [headersFile, "style-src 'unsafe-inline'; sandbox", "style-src 'unsafe-inline'"],
    [imageRunsScript],
  ),
  mutantOf(
    "the page is not stored",
    [applicationFile, 'return "no-store";', 'return "no-cache";'],
    [isStored],
  ),
  { removed: [noPageForFiles], succeeds: [pageForFile], stillBlocked: [pageForAsset] },
  { removed: [noPageForAssets], succeeds: [], stillBlocked: [pageForAsset] },
  { removed: [noPageForFiles, noPageForAssets], succeeds: [pageForFile, pageForAsset] },
  mutantOf(
    "a path of the API gets no page",
    [applicationFile, "void withoutPages.add(firstSegmentOf(url))", "void url"],
    [pageForApi],
  ),
  mutantOf(
    "a program gets no page",
    [applicationFile, "|| !isNavigation(request)", "|| request.method === ''"],
    [pageForProgram],
  ),
  mutantOf(
    "hidden files are not read",
    [filesFile, 'filter(({ name }) => !name.startsWith("."))', "filter(() => true)"],
    [hiddenFile],
  ),
  mutantOf(
    "only regular files are read",
    [filesFile, "return entry.isFile() ? [name] : [];", "return [name];"],
    [linkedFile],
  ),
  mutantOf(
    "the token of a mailed link is in its fragment",
    ["apps/api/src/mail/compose-mail.ts", "${action.path}#token=", "${action.path}?token="],
    [mailedTokenInQuery],
  ),
  mutantOf(
    "the token of an inviter's link is in its fragment",
    ["apps/api/src/features/invites/invite.ts", "/accept-invite#token=", "/accept-invite?token="],
    [inviteTokenInQuery],
  ),
];
