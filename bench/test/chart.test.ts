// The chart shows the rates of a report and nothing else.
import { describe, expect, it } from "vitest";
import { barChart } from "../src/chart/bar-chart.ts";
import { ratesIn } from "../src/chart/report.ts";

const reportOf = (figures: readonly object[], quick = false): string =>
  JSON.stringify({
    at: "2026-11-25T18:00:00.000Z",
    quick,
    machine: { cpus: 2, model: "A <fast> CPU", platform: "linux x64", node: "v20.20.2" },
    results: [{ subject: "read", figures }],
  });

const rate = (name: string, value: number | null, group = "get a task: rate, 32 callers") => ({
  group,
  name,
  value,
  unit: "/s",
});

const svgOf = (...figures: readonly object[]): string => barChart(ratesIn(reportOf(figures)));

describe("the chart", () => {
  it("draws one bar per rate, proportional to the rate, fastest first", () => {
    const svg = svgOf(rate("U", 500), rate("projo", 2_000.4), rate("B", 250));
    const widths = [...svg.matchAll(/<rect class="bar[^>]* width="(\d+)"/g)].map(([, width]) =>
      Number(width),
    );
    const [longest = 0] = widths;
    expect(widths).toEqual([longest, longest / 4, longest / 8].map(Math.round));
    expect([...svg.matchAll(/class="name">([^<]+)</g)].map(([, name]) => name)).toEqual(["projo", "U", "B"]);
    expect([...svg.matchAll(/class="value[^"]*">([^<]+)</g)].map(([, value]) => value)).toEqual([
      "2,000",
      "500",
      "250",
    ]);
  });

  it("highlights ProjoStack and describes the other stacks", () => {
    const svg = svgOf(rate("projo", 2), rate("U", 1));
    expect(svg.match(/class="bar ours"/g)).toHaveLength(1);
    expect(svg).toContain("tRPC, Fastify, Prisma");
  });

  it("draws the groups with 32 callers and skips rates without a value", () => {
    const svg = svgOf(
      rate("U", 1),
      rate("F", null),
      rate("U", 2, "create a task: rate, 32 callers"),
      rate("U", 3, "get a task: rate, 1 caller"),
      { name: "ratio", value: 4, unit: "x" },
    );
    expect([...svg.matchAll(/class="heading">([^<]+)</g)].map(([, text]) => text)).toEqual([
      "Get a task, requests per second",
      "Create a task, requests per second",
    ]);
    expect(svg.match(/<rect class="bar/g)).toHaveLength(2);
  });

  it("describes itself for screen readers, names the machine, and escapes all text", () => {
    const svg = svgOf(rate("projo", 2_000), rate(`a "<b>" & c`, 1));
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toMatch(/<desc id="desc">get a task: projo 2,000, a &quot;&lt;b&gt;&quot; &amp; c 1\./);
    expect(svg).toContain("2 cores shared by all (A &lt;fast&gt; CPU), Node 20.20.2, 2026-11-25");
    expect(svg).not.toMatch(/<b>|<fast>/);
    expect(barChart(ratesIn(reportOf([rate("U", 1)], true)))).toContain("A quick run, 2 cores");
  });

  it("rejects a report without rates and a text that is not a report", () => {
    expect(() => ratesIn(reportOf([]))).toThrow("contains no rates");
    expect(() => ratesIn("{}")).toThrow();
  });
});
