// Describes a request that Node's parser refused: its error code tells which rule of HTTP was broken, and the first bytes
// tell whether the peer speaks another protocol.
import type { CauseOf } from "@projostack/contract";
import { Failure } from "../../rpc/failures/failure.ts";

/** The most bytes of the URL and the headers together. */
export const MAX_HEAD_BYTES = 16 * 1024;

export interface ParserError extends Error {
  readonly code?: string;
  /** The bytes that the parser was reading, a Buffer. They may begin in the middle of a request. */
  readonly rawPacket?: unknown;
}

export function describeUnreadable({ code = "", rawPacket: bytes }: ParserError): Failure {
  const rawPacket = Buffer.isBuffer(bytes) ? bytes : undefined;
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new Failure("request.timeout");
  if (code === "HPE_HEADER_OVERFLOW") return describeOverflow(rawPacket);
  const cause = otherProtocol(rawPacket) ?? causeByCode[code];
  return cause === undefined
    ? new Failure("request.malformed")
    : Failure.because("request.malformed", cause, {});
}

const causeByCode: Readonly<Record<string, CauseOf<"request.malformed">>> = {
  HPE_INVALID_METHOD: "method",
  HPE_INVALID_VERSION: "version",
  HPE_INVALID_URL: "url",
  // After the URL and a space, the version must follow. Another text means that the URL itself has a space.
  HPE_INVALID_CONSTANT: "url",
  HPE_INVALID_HEADER_TOKEN: "header",
  HPE_CR_EXPECTED: "header",
  HPE_LF_EXPECTED: "header",
  HPE_INVALID_CONTENT_LENGTH: "length",
  HPE_UNEXPECTED_CONTENT_LENGTH: "length",
  HPE_INVALID_TRANSFER_ENCODING: "length",
  HPE_INVALID_CHUNK_SIZE: "chunk",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "chunk",
  HPE_INVALID_EOF_STATE: "short",
  HPE_PAUSED_H2_UPGRADE: "http2",
};

const TLS_HANDSHAKE = 0x16;
const HTTP2_PREFACE = "PRI * HTTP/2";

function otherProtocol(packet: Buffer | undefined): CauseOf<"request.malformed"> | undefined {
  if (packet?.[0] === TLS_HANDSHAKE) return "tls";
  return packet?.subarray(0, HTTP2_PREFACE.length).toString("latin1") === HTTP2_PREFACE ? "http2" : undefined;
}

/** The parser limits the URL and the headers together. If the packet begins the request, it shows which of them is too long. */
function describeOverflow(packet: Buffer | undefined): Failure {
  const head = packet?.subarray(0, MAX_HEAD_BYTES).toString("latin1") ?? "";
  if (!/^[A-Z]+ /.test(head)) return new Failure("request.headers_too_large");
  const firstLine = head.indexOf("\r\n");
  // A URL that takes half of the limit or more is the longest part.
  return firstLine === -1 || firstLine > MAX_HEAD_BYTES / 2
    ? new Failure("request.url_too_long")
    : Failure.because("request.headers_too_large", "headers", {});
}
