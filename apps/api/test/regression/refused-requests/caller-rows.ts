// Requests with a missing, malformed or wrong token or workspace, and authenticated requests with invalid fields.
import { postBytes } from "../raw-requests.ts";
import { get, type Refusal, type Row } from "./row.ts";

const input = (json: string) => encodeURIComponent(json);
const noAccess = (message: string): Refusal => ({ reason: "auth.unauthenticated", message });

const SCHEME =
  'The authorization header has the wrong form. Write it as "Bearer", a space, and the access token or the service key.';
const ID = "0190a6f0-0000-7000-8000-00000000abcd";

export const callerRows: readonly Row[] = [
  [
    "no token",
    () => get("/trpc/auth.me"),
    noAccess(
      "This call needs a token, and the request has none. Sign in, then send the header authorization: Bearer <access token>.",
    ),
  ],
  ["another scheme", () => get("/trpc/auth.me", ["authorization: Basic YTpi"]), noAccess(SCHEME)],
  ["an empty authorization header", () => get("/trpc/auth.me", ["authorization:"]), noAccess(SCHEME)],
  ["Bearer alone", () => get("/trpc/auth.me", ["authorization: Bearer"]), noAccess(SCHEME)],
  ["a token without Bearer", () => get("/trpc/auth.me", ["authorization: pja_x"]), noAccess(SCHEME)],
  [
    "two authorization headers",
    ({ bearer }) => get("/trpc/auth.me", ["authorization: Bearer pja_x", bearer]),
    noAccess("The request has more than one authorization header. Send one."),
  ],
  [
    "a wrong access token",
    () => get("/trpc/auth.me", ["authorization: Bearer pja_x"]),
    noAccess("The access token is invalid or expired, or its session has ended. Refresh it, or sign in."),
  ],
  [
    "a refresh token",
    () => get("/trpc/auth.me", ["authorization: Bearer pjr_x"]),
    noAccess(
      "This is a refresh token, and calls need the access token. Exchange it with auth.refresh, then send the access token.",
    ),
  ],
  [
    "the token of an invite",
    () => get("/trpc/auth.me", ["authorization: Bearer pji_x"]),
    noAccess(
      "This is the token of an invite, and calls need an access token. Pass it to invites.accept as the input.",
    ),
  ],
  [
    "a wrong service key",
    () => get("/trpc/tasks.list", ["authorization: Bearer pjk_x"]),
    noAccess(
      "The service key is wrong, expired or revoked, or its workspace is deleted. Ask an admin of the workspace for a new key.",
    ),
  ],
  [
    "a wrong refresh token",
    () => postBytes("/trpc/auth.refresh", '{"refreshToken":"pjr_x"}'),
    noAccess("The refresh token is invalid or expired, or its session has ended. Sign in."),
  ],
];

export const workspaceRows: readonly Row[] = [
  [
    "no workspace",
    ({ bearer }) => get("/trpc/tasks.list", [bearer]),
    {
      reason: "workspace.required",
      message: "No workspace is selected. Send x-workspace-id, or call workspaces.switch.",
    },
  ],
  [
    "a name as the workspace",
    ({ bearer }) => get("/trpc/tasks.list", [bearer, "x-workspace-id: acme"]),
    {
      reason: "workspace.not_found",
      message: "There is no such workspace, or you are not a member of it.",
    },
  ],
  [
    "two workspaces",
    ({ bearer, workspaceHeader }) => get("/trpc/tasks.list", [bearer, workspaceHeader, workspaceHeader]),
    {
      reason: "workspace.not_found",
      message: "There is no such workspace, or you are not a member of it.",
    },
  ],
  [
    "an unknown workspace",
    ({ bearer }) => get("/trpc/tasks.list", [bearer, `x-workspace-id: ${ID}`]),
    {
      reason: "workspace.not_found",
      message: "There is no such workspace, or you are not a member of it.",
    },
  ],
  [
    "a number that is too large",
    ({ bearer, workspaceHeader }) =>
      get(`/trpc/tasks.list?input=${input('{"limit":500}')}`, [bearer, workspaceHeader]),
    { reason: "input.invalid", message: "The field limit must be at most 100." },
  ],
  [
    "several invalid fields",
    ({ bearer, workspaceHeader }) =>
      postBytes("/trpc/tasks.create", '{"projectId":null,"title":"","status":"open"}', [
        bearer,
        workspaceHeader,
      ]),
    {
      reason: "input.invalid",
      message: "The field projectId must be a text, not null. fieldErrors lists 2 more invalid fields.",
    },
  ],
  ...(
    [
      [
        '{"projectId":"7","titel":"a"}',
        'The input has no field "titel". Did you mean title? Its fields are projectId, title, status. fieldErrors lists 2 more invalid fields.',
      ],
      [
        `{"projectId":"${ID}","title":"a","status":"dnoe"}`,
        "The field status must be one of todo, doing, done. Did you mean done?",
      ],
      [`{"projectId":"${ID}","title":["a"]}`, "The field title must be a text, not a list."],
    ] as const
  ).map(([body, message]): Row => [
    `the task ${body}`,
    ({ bearer, workspaceHeader }) => postBytes("/trpc/tasks.create", body, [bearer, workspaceHeader]),
    { reason: "input.invalid", message },
  ]),
  [
    "an invalid item of a list",
    ({ bearer, workspaceHeader }) =>
      postBytes(
        "/trpc/tasks.createMany",
        `{"items":[{"projectId":"${ID}","title":"a"},{"projectId":"${ID}","title":5}]}`,
        [bearer, workspaceHeader],
      ),
    { reason: "input.invalid", message: "The field items[1].title must be a text, not a number." },
  ],
  [
    "a number in quotation marks",
    ({ bearer, workspaceHeader }) =>
      get(`/trpc/tasks.list?input=${input('{"limit":"5"}')}`, [bearer, workspaceHeader]),
    {
      reason: "input.invalid",
      message:
        "The field limit must be a whole number from 1 to 100, not a text. Remove the quotation marks.",
    },
  ],
];
