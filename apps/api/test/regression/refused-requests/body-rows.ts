// Requests whose body has no clear end, is too large, or is compressed.
import { gzipSync } from "node:zlib";
import { postBytes, requestText } from "../raw-requests.ts";
import { type Refusal, type Row } from "./row.ts";

const chunked = ["content-type: application/json", "transfer-encoding: chunked"];
const malformed = (message: string): Refusal => ({ reason: "request.malformed", message, closes: true });

const LENGTH =
  "The length of the body is ambiguous: the headers content-length and transfer-encoding are wrong or contradict each other. Send one valid content-length.";

const BODY_SIZE: Refusal = {
  reason: "input.too_large",
  message: "The body is larger than 100 KB. Send it in smaller parts.",
  closes: true,
};

const COMPRESSED: Refusal = {
  reason: "input.encoding",
  message:
    "The body is compressed, and the server accepts only uncompressed bodies. Send it without content-encoding.",
  closes: true,
};
export const bodyRows: readonly Row[] = [
  [
    "two different lengths",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: 2", "content-length: 3"]),
    malformed(LENGTH),
  ],
  [
    "a length and chunks",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: 2", ...chunked]),
    malformed(LENGTH),
  ],
  [
    "a length that is no number",
    () => requestText("POST", "/trpc/auth.signIn", ["content-length: abc"]),
    malformed(LENGTH),
  ],
  [
    "a malformed chunk",
    () => `${requestText("POST", "/trpc/auth.signIn", chunked)}zz\r\n{}\r\n0\r\n\r\n`,
    malformed("A chunk of the body is malformed. Send the body with content-length, or correct the chunks."),
  ],
  [
    "a body that ends too early",
    () => ({
      bytes: `${requestText("POST", "/trpc/auth.signIn", ["content-type: application/json", "content-length: 100"])}{`,
      end: true,
    }),
    malformed(
      "The connection ended before the body was complete. Check content-length, then send the request again.",
    ),
  ],
  ["a body of 101 KB", () => postBytes("/trpc/auth.signIn", " ".repeat(103_424)), BODY_SIZE],
  [
    "the announcement of 1 GB",
    () =>
      requestText("POST", "/trpc/auth.signIn", [
        "content-type: application/json",
        "content-length: 1000000000",
      ]),
    BODY_SIZE,
  ],
  [
    "128 KB in chunks",
    () => `${requestText("POST", "/trpc/auth.signIn", chunked)}20000\r\n${" ".repeat(0x20000)}\r\n0\r\n\r\n`,
    BODY_SIZE,
  ],
  ...["gzip", "br", "deflate", "zstd", "identity, gzip"].map((encoding): Row => [
    `a body encoded as ${encoding}`,
    () => postBytes("/trpc/auth.signIn", gzipSync("{}"), [`content-encoding: ${encoding}`]),
    COMPRESSED,
  ]),
  [
    "a compressed transfer",
    () =>
      `${requestText("POST", "/trpc/auth.signIn", ["content-type: application/json", "transfer-encoding: gzip, chunked"])}2\r\n{}\r\n0\r\n\r\n`,
    {
      reason: "input.encoding",
      message:
        "The body has a transfer-encoding that the server does not decode. Send it with content-length, or with transfer-encoding: chunked alone.",
      closes: true,
    },
  ],
];
