import { expect, it } from "vitest";
import { terminalPicture } from "../build/pictures/terminal-picture.ts";

const ESCAPE = "\u001B";

it("draws the lines of a terminal as text, with dim headings and escaped characters", () => {
  const output = `$ npx projo tasks list\r\n${ESCAPE}[2mID${ESCAPE}[22m  TITLE\r\n1   A < B & C\r\n`;
  const picture = terminalPicture(output, 40);
  expect(picture).toContain('<tspan class="command">npx projo tasks list</tspan>');
  expect(picture).toContain('<tspan class="dim">ID</tspan>  TITLE');
  expect(picture).toContain("1   A &lt; B &amp; C");
  expect(picture.match(/<text /g)).toHaveLength(3);
});

it("leaves out what was erased, and the codes that move the cursor", () => {
  const output = `${ESCAPE}7${ESCAPE}[?25l${ESCAPE}[1G0 entries${ESCAPE}[0K${ESCAPE}8${ESCAPE}[1G${ESCAPE}[2K5 entries.\r\n`;
  const picture = terminalPicture(output, 40);
  expect(picture).toContain(">5 entries.</text>");
  expect(picture).not.toContain("0 entries");
  expect(picture).not.toContain(ESCAPE);
});
