// A mail server that answers each recipient with a code and a text: node mail-server.mjs <text> <code>
import { createServer } from "node:net";

const [, , text, code] = process.argv;

createServer((socket) => {
  let isInData = false;
  let rest = "";
  socket.on("error", () => {});
  if (code === "421") {
    socket.end(`421 ${text}\r\n`);
    return;
  }
  socket.write("220 test\r\n");
  socket.on("data", (bytes) => {
    const lines = `${rest}${bytes.toString()}`.split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isInData) {
        if (line !== ".") continue;
        isInData = false;
        socket.write("250 stored\r\n");
      } else if (/^RCPT/i.test(line)) socket.write(`${code} ${text}\r\n`);
      else if (/^DATA/i.test(line)) {
        isInData = true;
        socket.write("354 continue\r\n");
      } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    }
  });
}).listen(25, "127.0.0.1");
