// Draws the text of a terminal as an SVG image. The text stays text: it is small, sharp, and readable for screen readers.

const CHARACTER_PX = 7.25;
const LINE_PX = 20;
const PADDING_PX = 24;
const FONT_PX = 12;

/* oxlint-disable no-control-regex -- the codes of a terminal begin with the control character ESC */
const SELECT_GRAPHIC = /\u001B\[(\d*)m/;
/** Everything before it was erased. */
const ERASED_LINE = "\u001B[2K";
const OTHER_CONTROLS = /\u001B(?:\[[?\d;]*[A-HJ-Za-ln-z]|[78])/g;
/* oxlint-enable no-control-regex */

/** @param output what programs wrote to a terminal of `columns` columns */
export function terminalPicture(output: string, columns: number): string {
  const lines = output.trimEnd().split(/\r*\n/).map(visibleText);
  const width = Math.round(columns * CHARACTER_PX + 2 * PADDING_PX);
  const height = lines.length * LINE_PX + 2 * PADDING_PX;
  const rows = lines.map(
    (line, index) =>
      `<text x="${PADDING_PX}" y="${PADDING_PX + index * LINE_PX + 14}" xml:space="preserve">${spansOf(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<style>text{font:${FONT_PX}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6e9ef}.dim{fill:#9ca4b3}.command{fill:#b4b6ff}</style>`,
    `<rect width="${width}" height="${height}" rx="10" fill="#14171e"/>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

/** The text of a line after its last erasure, with the codes of its colours only. */
const visibleText = (line: string): string =>
  line
    .slice(line.lastIndexOf(ERASED_LINE) + 1)
    .replace(/^\[2K/, "")
    .replaceAll(OTHER_CONTROLS, "")
    .replaceAll("\r", "");

function spansOf(line: string): string {
  if (line.startsWith("$ "))
    return `<tspan class="dim">$ </tspan><tspan class="command">${escape(line.slice(2))}</tspan>`;
  // The pieces with an odd index are the codes between the texts.
  let isDim = false;
  return line
    .split(SELECT_GRAPHIC)
    .map((piece, index) => {
      if (index % 2 === 1) {
        isDim = piece === "2" || (isDim && piece !== "22" && piece !== "0" && piece !== "");
        return "";
      }
      if (piece === "") return "";
      return isDim ? `<tspan class="dim">${escape(piece)}</tspan>` : escape(piece);
    })
    .join("");
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
