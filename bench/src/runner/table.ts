import { meetsGoal, type Figure, type Goal } from "./figure.ts";

type Row = readonly [name: string, measured: string, goal: string, verdict: string];

/** Formats the figures as a table, with their goals, and with a heading for each group. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.flatMap((figure, at) => {
    const { group } = figure;
    const begins = group !== undefined && group !== figures[at - 1]?.group;
    return begins ? [headingOf(group), rowOf(figure)] : [rowOf(figure)];
  });
  const all: Row[] = [["", "measured", "goal", ""], ...rows];
  const widthOf = (column: 0 | 1 | 2) => Math.max(...all.map((row) => row[column].length));
  const [name, value, goal] = [widthOf(0), widthOf(1), widthOf(2)];
  return all
    .map(([a, b, c, d]) => `  ${a.padEnd(name)}  ${b.padStart(value)}  ${c.padStart(goal)}  ${d}`.trimEnd())
    .join("\n");
}

const headingOf = (group: string): Row => [group, "", "", ""];

const rowOf = (figure: Figure): Row => [
  figure.group === undefined ? figure.name : `  ${figure.name}`,
  `${formatNumber(figure.value)} ${figure.unit}`,
  figure.goal ? `${wordsOf(figure.goal)} ${figure.unit}` : "",
  figure.goal ? (meetsGoal(figure) ? "met" : "MISSED") : "",
];

const wordsOf = (goal: Goal): string => ("atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`);

/** Rounds large values to integers. Small values keep more decimals than any goal has, so that rounding hides no miss. */
const formatNumber = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 3 : 0 });
