// tsx bench/src/chart/main.ts FIGURES.json OUT.svg: draws the rates that `pnpm bench --json FIGURES.json` wrote.
import { readFile, writeFile } from "node:fs/promises";
import { barChart } from "./bar-chart.ts";
import { ratesIn } from "./report.ts";

const [figuresFile, svgFile, ...others] = process.argv.slice(2);
if (figuresFile === undefined || svgFile === undefined || others.length > 0) {
  process.stderr.write("Usage: tsx bench/src/chart/main.ts FIGURES.json OUT.svg\n");
  process.exitCode = 2;
} else {
  await writeFile(svgFile, barChart(ratesIn(await readFile(figuresFile, "utf8"))));
}
