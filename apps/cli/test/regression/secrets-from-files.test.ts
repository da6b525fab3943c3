// Passwords in files that editors and shells of different systems wrote.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EMAIL, openSignedIn, PASSWORD, type Shell } from "../kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

const login = ["login", EMAIL, "--password-stdin"];
const utf16 = (text: string): Buffer => Buffer.from(text, "utf16le");

it.each([
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${PASSWORD}\n`)],
  ["a line end of Windows", Buffer.from(`${PASSWORD}\r\n`)],
  ["a line end of old Macs", Buffer.from(`${PASSWORD}\r`)],
  ["no line end", Buffer.from(PASSWORD)],
  ["UTF-16 LE with a byte order mark", utf16(`\ufeff${PASSWORD}\r\n`)],
  ["UTF-16 BE with a byte order mark", utf16(`\ufeff${PASSWORD}\r\n`).swap16()],
  ["UTF-16 LE without a mark", utf16(`${PASSWORD}\r\n`)],
  ["UTF-16 BE without a mark", utf16(`${PASSWORD}\r\n`).swap16()],
])("accepts a password file with %s", async (_, stdin) => {
  expect(await shell.projo(login, { stdin })).toMatchObject({ code: 0 });
});

it.each([
  [
    "another encoding",
    Buffer.from("gr\u00fc\u00dfe aus der Stadt\n", "latin1"),
    "Standard input is not text in UTF-8. Save it as UTF-8, then run the command again.",
  ],
  [
    "an endless input",
    Buffer.alloc(2 * 1024 * 1024, "y\n"),
    "Standard input is longer than 1 MB. Pipe in less.",
  ],
  ["a mark alone", Buffer.from("\ufeff"), "Standard input is empty. Pipe in the password."],
])("names %s", async (_, stdin, message) => {
  expect(await shell.projo(login, { stdin })).toEqual({ code: 2, out: "", err: `projo: ${message}\n` });
});

it("reads JSON with a byte order mark from a pipe", async () => {
  const input = `\ufeff${JSON.stringify({ email: EMAIL, password: PASSWORD })}`;
  expect(await shell.projo(["call", "auth.signIn", "-"], { stdin: input })).toMatchObject({ code: 0 });
});
