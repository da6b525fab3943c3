/** One request of a measurement, and what its answer should be. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Else every answer of status 200 is as expected, and its body is not read. */
  readonly expect?: (status: number, body: string) => boolean;
}

/** The request as it goes over the wire. */
export function wireText({ method, path, headers, body }: HttpRequest, host: string): string {
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
  if (body === undefined) return `${text}\r\n`;
  return `${text}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
