// Inputs that are not JSON, not UTF-8, or do not match the schema.
import { postBytes } from "../raw-requests.ts";
import { get, type Refusal, type Row } from "./row.ts";

const notJson = (message: string): Refusal => ({ reason: "input.malformed", message });

const MEDIA_TYPE: Refusal = {
  reason: "input.media_type",
  message: "Send the body as JSON, with content-type: application/json.",
};
export const inputRows: readonly Row[] = [
  ["no content type", () => postBytes("/trpc/auth.signOut", "{}", ["content-type:"]), MEDIA_TYPE],
  [
    "a form",
    () => postBytes("/trpc/auth.signOut", "a=b", ["content-type: application/x-www-form-urlencoded"]),
    MEDIA_TYPE,
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
