// Sends bytes to a server and reads the first response. No client checks or corrects the bytes.
import { connect } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly isClosed: boolean;
}

export interface RawRequest {
  readonly bytes: string | Buffer;
  /** Whether the client ends its side of the connection after the bytes. */
  readonly end?: boolean;
}

/** Reads until the response is complete, and shortly after it for the end of the connection. */
export function exchangeRaw(url: string, { bytes, end = false }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise((resolve, reject) => {
    let text = "";
    let isClosed = false;
    const finish = () => {
      clearTimeout(late);
      socket.destroy();
      const answer = parseAnswer(text);
      if (answer) resolve({ ...answer, isClosed });
      else reject(new Error(`The response is incomplete: ${JSON.stringify(text.slice(0, 300))}`));
    };
    const late = setTimeout(finish, 15_000);
    socket.setEncoding("utf8");
    socket.on("data", (part: string) => {
      text += part;
      // A response that announces the end of the connection is read until then.
      const answer = parseAnswer(text);
      if (answer && answer.headers.get("connection") !== "close") finish();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      isClosed = true;
      finish();
    });
    socket.write(bytes);
    if (end) socket.end();
  });
}

function parseAnswer(text: string): Omit<RawAnswer, "isClosed"> | null {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
  const body = rest.join("\r\n\r\n");
  const isWhole = Buffer.byteLength(body) === Number(headers.get("content-length") ?? "NaN");
  return status > 0 && isWhole ? { status, headers, body } : null;
}

/** The text of a request without a body. */
export const requestText = (method: string, path: string, headers: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, "host: test", ...headers, "", ""].join("\r\n");

/** The bytes of a POST with its length. A content type in `headers` replaces the default. */
export function postBytes(path: string, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const hasType = headers.some((header) => header.startsWith("content-type"));
  const type = hasType ? [] : ["content-type: application/json"];
  const head = requestText("POST", path, [...type, `content-length: ${Buffer.byteLength(body)}`, ...headers]);
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}
