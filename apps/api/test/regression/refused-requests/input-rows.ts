// Inputs that are not JSON, not UTF-8, or do not match the schema.
import { postBytes } from "../raw-requests.ts";
import { get, type Refusal, type Row } from "./row.ts";

const notJson = (message: string): Refusal => ({ reason: "input.malformed", message });

const MEDIA_TYPE: Refusal = {
  reason: "input.media_type",
  message: "Send the body as JSON, with content-type: application/json.",
};

const FORM: Refusal = {
  reason: "input.media_type",
  message:
    "The body is a form, and the server accepts only JSON. Send the fields as a JSON object: with a tRPC client, pass an object in place of FormData.",
};

const TRANSFORMER = notJson(
  "The input is encoded by a data transformer such as superjson, and the server uses none. Remove transformer from the links of the client.",
);

const ENCODED_TWICE = notJson(
  "The input is a text that contains JSON: it was encoded twice. Send the object itself, and remove transformer from the client if it has one.",
);

const SUPERJSON = '{"json":{"projectId":null},"meta":{"values":{"projectId":["undefined"]},"v":1}}';

export const inputRows: readonly Row[] = [
  ["no content type", () => postBytes("/trpc/auth.signOut", "{}", ["content-type:"]), MEDIA_TYPE],
  [
    "a form",
    () => postBytes("/trpc/auth.signOut", "a=b", ["content-type: application/x-www-form-urlencoded"]),
    FORM,
  ],
  [
    "FormData",
    () => postBytes("/trpc/auth.signOut", "--x--", ["content-type: multipart/form-data; boundary=x"]),
    FORM,
  ],
  [
    "a file",
    () => postBytes("/trpc/auth.signOut", "\0", ["content-type: application/octet-stream"]),
    {
      reason: "input.media_type",
      message:
        "The body is a file or other binary data, and the server accepts only JSON. Send a JSON object with content-type: application/json.",
    },
  ],
  ["superjson in a query", () => get(`/trpc/tasks.list?input=${encodeURIComponent(SUPERJSON)}`), TRANSFORMER],
  ["superjson in a mutation", () => postBytes("/trpc/auth.signIn", SUPERJSON), TRANSFORMER],
  [
    "superjson without meta",
    () => postBytes("/trpc/auth.signIn", '{"json":{"email":"a@example.com"}}'),
    TRANSFORMER,
  ],
  [
    "superjson in a batch of queries",
    () => get(`/trpc/auth.me,tasks.list?batch=1&input=${encodeURIComponent(`{"1":${SUPERJSON}}`)}`),
    TRANSFORMER,
  ],
  [
    "superjson in a batch of mutations",
    () => postBytes("/trpc/auth.signOut,auth.signIn?batch=1", `{"0":{},"1":${SUPERJSON}}`),
    TRANSFORMER,
  ],
  [
    "superjson in a streamed batch",
    () =>
      postBytes("/trpc/auth.signOut,auth.signIn?batch=1", `{"0":{},"1":${SUPERJSON}}`, [
        "content-type: application/json",
        "trpc-accept: application/jsonl",
      ]),
    TRANSFORMER,
  ],
  [
    "a list of devalue",
    () => postBytes("/trpc/auth.signIn", '[{"email":1,"password":2},"a@example.com","x"]'),
    TRANSFORMER,
  ],
  [
    "a text of devalue",
    () => postBytes("/trpc/auth.signIn", JSON.stringify('[{"email":1},"a@example.com"]')),
    ENCODED_TWICE,
  ],
  [
    "JSON that was encoded twice",
    () => get(`/trpc/tasks.list?input=${encodeURIComponent(JSON.stringify('{"limit":1}'))}`),
    ENCODED_TWICE,
  ],
  ["text/json", () => postBytes("/trpc/auth.signOut", "{}", ["content-type: text/json"]), MEDIA_TYPE],
  [
    "UTF-16",
    () => postBytes("/trpc/auth.signOut", Buffer.from('{"a":1}', "utf16le")),
    notJson("The body looks like UTF-16. Encode it as UTF-8."),
  ],
  [
    "UTF-16 with a byte order mark",
    () => postBytes("/trpc/auth.signOut", Buffer.from('\ufeff{"a":1}', "utf16le")),
    { ...notJson("The body looks like UTF-16. Encode it as UTF-8."), closes: true },
  ],
  [
    "bytes that are not UTF-8",
    () => postBytes("/trpc/auth.signOut", Buffer.from([0x22, 0xff, 0x22])),
    { ...notJson("The body is not valid UTF-8. Encode it as UTF-8."), closes: true },
  ],
  [
    "bytes in a declared charset",
    () =>
      postBytes("/trpc/auth.signOut", Buffer.from([0x22, 0xe9, 0x22]), [
        "content-type: application/json; charset=iso-8859-1",
      ]),
    {
      reason: "input.media_type",
      message:
        "The body must be JSON in UTF-8, and content-type names another charset. Encode the body as UTF-8, with content-type: application/json.",
      closes: true,
    },
  ],
  [
    "a comma before the end",
    () => postBytes("/trpc/auth.signIn", '{"email":"a@b.co",\n}'),
    notJson("The body is not valid JSON: unexpected } at line 2, character 1. Remove the comma before it."),
  ],
  [
    "single quotes",
    () => postBytes("/trpc/auth.signIn", "{'email':1}"),
    notJson("The body is not valid JSON: unexpected ' at line 1, character 2. Use double quotes."),
  ],
  [
    "a body that was cut",
    () => postBytes("/trpc/auth.signIn", '{"password":"secret'),
    notJson("The body is not valid JSON: it ends too early, after character 19. Send the whole input."),
  ],
  [
    "a form as JSON",
    () => postBytes("/trpc/auth.signIn", "email=a@b.co"),
    notJson("The body is not valid JSON: unexpected e at line 1, character 1. Correct it and send it again."),
  ],
  [
    "a malformed escape in the input",
    () => get("/trpc/system.health?input=%zz"),
    notJson("The query parameter input has a malformed percent-encoding. Encode it with encodeURIComponent."),
  ],
  [
    "a query whose input is not JSON",
    () => get("/trpc/system.health?input=x"),
    notJson(
      "The query parameter input is not valid JSON: unexpected x at line 1, character 1. Correct it and send it again.",
    ),
  ],
  [
    "the parameters of a connection",
    () => get("/trpc/system.health?connectionParams=x"),
    notJson(
      "The query parameter connectionParams is not a JSON object of texts. Remove it: the server does not use it.",
    ),
  ],
  ...(
    [
      ["[]", "The input must be an object, not a list."],
      ['"x"', "The input must be an object, not a text."],
      ["null", "The input must be an object, not null."],
      ["", "The input is missing. It must be an object."],
      ['{"email":"a@b.co"}', "The field password is missing. It must be a text."],
      ['{"email":"a@b.co","password":5}', "The field password must be a text, not a number."],
      [
        '{"email":"a@b.co","password":"x","name":1}',
        'The input has no field "name". Its fields are email, password.',
      ],
    ] as const
  ).map(([body, message]): Row => [
    `the input ${JSON.stringify(body)}`,
    () => postBytes("/trpc/auth.signIn", body),
    { reason: "input.invalid", message },
  ]),
];
