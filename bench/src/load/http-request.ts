/** A request of a measurement, and the check of its response. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** If omitted, every response with status 200 is accepted, and its body is not read. */
  readonly expect?: (status: number, body: string) => boolean;
}

/** Returns the request in HTTP/1.1 format. */
export function wireText({ method, path, headers, body }: HttpRequest, host: string): string {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (body === undefined) return `${text}\r\n`;
  return `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
