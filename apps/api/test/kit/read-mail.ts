import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestServer } from "./test-server.ts";

/** A decoded mail. */
export interface ReadMail {
  /** The headers by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly html: string;
  readonly link: string;
  readonly token: string;
}

/** Parses a message of MIME parts (RFC 2045), as far as the server's mails use them. */
export function readMail(source: string): ReadMail {
  const { headers, body } = split(source);
  const [, boundary = ""] = /boundary="?([^";]+)"?/.exec(headers.get("content-type") ?? "") ?? [];
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.trimStart()));
  const partOf = (type: string): string => {
    const part = parts.find((one) => one.headers.get("content-type")?.startsWith(type));
    return part ? decoded(part.body, part.headers.get("content-transfer-encoding")) : "";
  };
  const text = partOf("text/plain");
  const [link = ""] = /https?:\/\/\S+#token=\S+/.exec(text) ?? [];
  return { headers, text, html: partOf("text/html"), link, token: link.slice(link.indexOf("#token=") + 7) };
}

/** @returns the mails in a server's data directory, oldest first */
export async function mailsOf({ dataDir }: Pick<TestServer, "dataDir">): Promise<ReadMail[]> {
  const directory = join(dataDir, "mail");
  const names = await readdir(directory).catch(() => []);
  const files = names.filter((name) => name.endsWith(".eml")).toSorted();
  return Promise.all(files.map(async (name) => readMail(await readFile(join(directory, name), "utf8"))));
}

/** Waits until the address has `count` mails. @returns the last one */
export async function mailFor(server: TestServer, email: string, count = 1): Promise<ReadMail> {
  return eventually(async () => {
    const mails = (await mailsOf(server)).filter(({ headers }) => headers.get("to") === email);
    return mails.length >= count ? mails.at(-1) : undefined;
  });
}

/** Repeats `ask` until it returns something other than undefined or false. @throws after `seconds` */
export async function eventually<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 15,
): Promise<T> {
  for (const end = Date.now() + seconds * 1_000; ;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`The condition was not met within ${seconds} seconds.`);
    await new Promise((passed) => setTimeout(passed, 50));
  }
}

function split(source: string): { headers: Map<string, string>; body: string } {
  const text = source.replaceAll("\r\n", "\n");
  const end = text.indexOf("\n\n");
  const lines = text
    .slice(0, end)
    .replaceAll(/\n[ \t]+/g, " ")
    .split("\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), headerText(line.slice(colon + 1).trim())];
  });
  return { headers: new Map(headers), body: text.slice(end + 2) };
}

/** Decodes the encoded words of a header (RFC 2047). Adjacent words are joined first, because a character may span two. */
function headerText(value: string): string {
  return value.replaceAll(/=\?UTF-8\?[QB]\?[^?]*\?=(?:\s+=\?UTF-8\?[QB]\?[^?]*\?=)*/gi, (row) => {
    const words = [...row.matchAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi)];
    const bytes = words.map(([, encoding = "", text = ""]) => {
      if (encoding.toUpperCase() === "B") return Buffer.from(text, "base64");
      const raw = text
        .replaceAll("_", " ")
        .replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return Buffer.from(raw, "latin1");
    });
    return Buffer.concat(bytes).toString();
  });
}

function decoded(body: string, encoding: string | undefined): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString();
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replaceAll(/=\n/g, "")
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
