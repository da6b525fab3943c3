import { meetsGoal, type Figure, type Goal } from "./figure.ts";

/** The figures as people read them: each with its goal beside it. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${written(figure.value)} ${figure.unit}`,
    figure.goal ? `${wordsOf(figure.goal)} ${figure.unit}` : "",
    figure.goal ? (meetsGoal(figure) ? "met" : "MISSED") : "",
  ]);
  const all = [["", "measured", "goal", ""], ...rows];
  const widthOf = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0));
  const [name, value, goal] = [widthOf(0), widthOf(1), widthOf(2)];
  return all
    .map(([a = "", b = "", c = "", d = ""]) =>
      `  ${a.padEnd(name)}  ${b.padStart(value)}  ${c.padStart(goal)}  ${d}`.trimEnd(),
    )
    .join("\n");
}

const wordsOf = (goal: Goal): string => ("atLeast" in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`);

/** Whole numbers where decimals would say nothing, and more decimals than any goal has. */
const written = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 3 : 0 });
