// Draws rates as horizontal bars, fastest first. The picture has its own background and follows the colour scheme of the
// reader's browser, so that it fits a light page and a dark one.
import { element, escaped } from "./element.ts";
import { isOurs, labelOf } from "./labels.ts";
import type { Bar, Bars, RatesReport } from "./report.ts";

const WIDTH = 800;
const MARGIN = 24;
const NAME_WIDTH = 62;
const LABEL_WIDTH = 266;
/** Space for the longest number after the longest bar. */
const VALUE_WIDTH = 80;
const ROW = 26;
const BAR = 16;
const HEADING = 40;
const FOOT = 36;

const BARS_AT = MARGIN + NAME_WIDTH + LABEL_WIDTH;
const LONGEST_BAR = WIDTH - MARGIN - BARS_AT - VALUE_WIDTH;

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
  .background { fill: #ffffff; }
  .heading { font-size: 15px; font-weight: 600; }
  .name, .ours { font-weight: 600; }
  .small { font-size: 11px; fill: #59636e; }
  .bar { fill: #9aa7b4; }
  .bar.ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .background { fill: #0d1117; }
    .small { fill: #9198a1; }
    .bar { fill: #57606a; }
    .bar.ours { fill: #4493f8; }
  }
`;

export function barChart({ measured, groups }: RatesReport): string {
  let top = MARGIN / 2;
  const drawn = groups.map((group) => {
    const part = groupAt(top, group);
    top += HEADING + group.bars.length * ROW + MARGIN / 2;
    return part;
  });
  const height = top + FOOT;
  const content = [
    element("title", { id: "title" }, "Requests per second of ProjoStack and of other stacks"),
    element("desc", { id: "desc" }, escaped(`${groups.map(asSentence).join(" ")} ${measured}.`)),
    element("style", {}, STYLE),
    element("rect", { class: "background", width: WIDTH, height, rx: 6 }),
    ...drawn,
    text({ x: MARGIN, y: height - 16, class: "small" }, measured),
  ];
  const root = {
    xmlns: "http://www.w3.org/2000/svg",
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: "img",
    "aria-labelledby": "title desc",
  };
  return `${element("svg", root, `\n${content.join("\n")}\n`)}\n`;
}

const fastestFirst = (bars: readonly Bar[]): Bar[] => bars.toSorted((a, b) => b.perSecond - a.perSecond);

function groupAt(top: number, { title, bars }: Bars): string {
  const sorted = fastestFirst(bars);
  const most = sorted[0]?.perSecond ?? 1;
  const heading = text(
    { x: MARGIN, y: top + 26, class: "heading" },
    `${title[0]?.toUpperCase()}${title.slice(1)}, requests per second`,
  );
  const rows = sorted.map((bar, row) => rowAt(top + HEADING + row * ROW, bar, most));
  return element("g", {}, `\n${[heading, ...rows].join("\n")}\n`);
}

function rowAt(top: number, { name, perSecond }: Bar, most: number): string {
  const ours = isOurs(name) ? " ours" : "";
  const length = Math.max(1, Math.round((LONGEST_BAR * perSecond) / most));
  const baseline = top + ROW / 2 + 4.5;
  return [
    text({ x: MARGIN, y: baseline, class: "name" }, name),
    text({ x: MARGIN + NAME_WIDTH, y: baseline, class: `label${ours}` }, labelOf(name)),
    element("rect", {
      class: `bar${ours}`,
      x: BARS_AT,
      y: top + (ROW - BAR) / 2,
      width: length,
      height: BAR,
      rx: 3,
    }),
    text({ x: BARS_AT + length + 8, y: baseline, class: `value${ours}` }, written(perSecond)),
  ].join("\n");
}

const text = (attributes: Parameters<typeof element>[1], content: string): string =>
  element("text", attributes, escaped(content));

const written = (perSecond: number): string => Math.round(perSecond).toLocaleString("en-US");

/** The rates as a sentence, for screen readers. */
const asSentence = ({ title, bars }: Bars): string =>
  `${title}: ${fastestFirst(bars)
    .map(({ name, perSecond }) => `${name} ${written(perSecond)}`)
    .join(", ")}.`;
