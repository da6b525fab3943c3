// The same questions to the same server over tables of which each is ten times as large as the one before.
import type { Size } from "../dataset/size.ts";
import type { Burst, HttpRequest } from "../load/load-client.ts";
import type { Figure } from "../runner/figure.ts";
import { inRounds, type Entrant, type Readings } from "../runner/in-rounds.ts";
import type { How, Subject } from "../runner/run-bench.ts";
import { eachInTurn } from "../stage/each-in-turn.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { withStage, type Stage } from "../stage/stage.ts";
import { withProduct } from "../stage/with-product.ts";

export const growth = (stage: SharedStage): Subject => ({
  name: "growth",
  title: "a read and a list as the table of tasks grows tenfold (--large: and tenfold again)",
  measure: async (how) => measure(how, await stage.open(how)),
});

const times = (size: Size, factor: number): Size => ({
  ...size,
  tasks: size.tasks * factor,
  biggest: size.biggest * factor,
});

async function measure(how: How, shared: Stage): Promise<Figure[]> {
  const { size } = shared;
  how.say(`planting ${written(times(size, 0.1).tasks)} tasks`);
  return withStage(times(size, 0.1), async (small) => {
    if (!how.large) return compareStages(how, [small, shared]);
    how.say(`planting ${written(times(size, 10).tasks)} tasks`);
    return withStage(times(size, 10), (large) => compareStages(how, [small, shared, large]));
  });
}

const written = (tasks: number): string => tasks.toLocaleString("en-US");

/** The smallest first. */
async function compareStages({ quick, say }: How, stages: readonly Stage[]): Promise<Figure[]> {
  const entrants: Entrant<Burst>[] = [];
  const withEach = async ([stage, ...others]: readonly Stage[]): Promise<Figure[]> => {
    if (!stage) {
      say("asking each of them, in turns");
      // Short turns: what slows the machine for a second slows all of them.
      return figuresOf(await inRounds(entrants, { rounds: quick ? 9 : 21 }), stages);
    }
    return withProduct(stage, { connections: 1 }, async (load) => {
      for (const { name, requests } of questionsTo(stage)) {
        const burst = (count: number) => load.burst(requests, { count, concurrency: 1 });
        await burst(quick ? 600 : 2_000);
        entrants.push({ name: `${name} ${stage.size.tasks}`, take: () => burst(quick ? 50 : 200) });
      }
      return withEach(others);
    });
  };
  return withEach(stages);
}

/** Lists are of the biggest workspace, which is as much of each table. */
function questionsTo({ contenders, data }: Stage): { name: Question; requests: () => HttpRequest }[] {
  const { requests } = contenders.projo;
  const [next, nextOfBiggest] = [eachInTurn(data.targets), eachInTurn(data.biggest)];
  return [
    { name: "read", requests: () => requests.getTask(next()) },
    { name: "list", requests: () => requests.listTasks(nextOfBiggest()) },
  ];
}

const p50 = ({ p50Ms }: Burst): number => p50Ms;

type Question = "read" | "list";

function figuresOf(taken: Readings<Burst>, stages: readonly Stage[]): Figure[] {
  return (["read", "list"] as const).flatMap((group) =>
    stages.flatMap(({ size: { tasks } }, at): Figure[] => {
      const before = stages[at - 1]?.size.tasks;
      const name = `${written(tasks)} tasks`;
      const own: Figure = {
        group,
        name: `${name}, p50`,
        value: taken.median(`${group} ${tasks}`, p50),
        unit: "ms",
      };
      if (before === undefined) return [own];
      const value = taken.ratio(`${group} ${tasks}`, `${group} ${before}`, p50);
      return [
        own,
        { group, name: `${name} against ${written(before)}`, value, unit: "x", goal: { atMost: 1.15 } },
      ];
    }),
  );
}
