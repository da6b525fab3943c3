// Serves the web application: the files of its build, and its page under each path that belongs to the application. It is asked
// about a request only after no route of the API matched, so it cannot hide one.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { acceptsHtml } from "./accepted-media.ts";
import { documentHeaders, pageHeaders } from "./page-headers.ts";
import { sendWebFile } from "./send-web-file.ts";
import type { WebFile, WebFiles } from "./web-files.ts";

export interface WebOptions {
  readonly files: WebFiles;
  /** Whether the operator switched the application off. */
  readonly isOff: boolean;
  /** Whether the public address of the application begins with https:// */
  readonly isHttps: boolean;
}

export interface WebApplication {
  /** Answers a request for a file or a page; null when the request is for neither. */
  answer(request: FastifyRequest, reply: FastifyReply): FastifyReply | null;
  /** Whether there is a file with this path. */
  has(path: string): boolean;
}

/** Create it before the routes of the API, whose paths it learns. */
export function createWebApplication(
  app: FastifyInstance,
  { files, isOff, isHttps }: WebOptions,
): WebApplication {
  // PROJO_DOCS=off removes the route and not the meaning of the path.
  const withoutPages = new Set(["docs", firstSegmentOf(HASHED)]);
  app.addHook("onRoute", ({ url }) => void withoutPages.add(firstSegmentOf(url)));
  const headersOf = {
    page: { ...pageHeaders(isHttps), "cross-origin-resource-policy": "same-origin" },
    document: { ...documentHeaders, "cross-origin-resource-policy": "same-origin" },
    resource: { "cross-origin-resource-policy": "same-origin" },
  };
  const send = (request: FastifyRequest, reply: FastifyReply, { file, path }: Found) =>
    sendWebFile(request, reply.headers(headersOf[file.kind]), file, cachingOf(file, path));

  return {
    has: (path) => files?.has(path) ?? false,
    answer: (request, reply) => {
      const { method, url } = request;
      if (method !== "GET" && method !== "HEAD") return null;
      const [path = ""] = url.split("?", 1);
      if (!files) return path === "/" && isVisit(request) ? sendReason(reply, isOff) : null;
      const file = files.get(path);
      if (file && (file.kind !== "page" || acceptsHtml(request.headers.accept) !== "no"))
        return send(request, reply, { file, path });
      if (!isPagePath(path) || withoutPages.has(firstSegmentOf(path)) || !isNavigation(request)) return null;
      const moved = movedPages.get(path);
      if (moved !== undefined) return reply.redirect(moved, 308);
      const page = files.get("/");
      return page ? send(request, reply, { file: page, path: "/" }) : null;
    },
  };
}

interface Found {
  readonly file: WebFile;
  readonly path: string;
}

/** The name of a file below this path contains the hash of its content. */
const HASHED = "/assets/";

function cachingOf({ kind }: WebFile, path: string): string {
  if (kind === "page") return "no-store";
  return path.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache";
}

/** Pages whose links are in mails of older servers. A browser keeps the fragment, which contains the token. */
const movedPages: ReadonlyMap<string, string> = new Map([["/invite", "/accept-invite"]]);

const MAX_PAGE_PATH = 1_000;

/** Segments without a dot, so that an unknown file is never answered with the page. */
const PAGE_PATH = /^(?:\/[\w~!$&'()*+,;=:@%-]+)+\/?$/;
/** Percent-encoded control characters, dots, slashes and backslashes. */
const ODD_ESCAPE = /%(?:[01]|2[ef]|5c|7f)/i;

const isPagePath = (path: string): boolean =>
  path.length <= MAX_PAGE_PATH && PAGE_PATH.test(path) && !ODD_ESCAPE.test(path);

const firstSegmentOf = (path: string): string => path.split("/", 2)[1] ?? "";

/**
 * Whether a browser opens the path as a page. A program gets the error of the API instead: browsers mark the requests of
 * scripts in `sec-fetch-mode`, and other programs do not ask for HTML by name.
 */
const isNavigation = ({ headers }: FastifyRequest): boolean =>
  acceptsHtml(headers.accept) === "by_name" && isUnmarkedOrNavigation(headers["sec-fetch-mode"]);

/** Whether a person opens the path, also with a program such as curl. */
const isVisit = ({ headers }: FastifyRequest): boolean => {
  const accepted = acceptsHtml(headers.accept);
  return (
    (accepted === "by_name" || accepted === "as_any_type") &&
    isUnmarkedOrNavigation(headers["sec-fetch-mode"])
  );
};

const isUnmarkedOrNavigation = (mode: string | string[] | undefined): boolean =>
  mode === undefined || mode === "navigate";

function sendReason(reply: FastifyReply, isOff: boolean): FastifyReply {
  const reason = isOff
    ? "The web application is switched off with PROJO_WEB=off."
    : "The web application is not built. Build it with `npx -y pnpm@12 build`, then start the server again.";
  return reply
    .code(404)
    .type("text/plain; charset=utf-8")
    .send(`${reason}\nThe operations of the API are at /trpc/<operation>. /openapi.json describes them.\n`);
}
