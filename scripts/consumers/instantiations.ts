// Counts the type instantiations that a program costs above an empty project, which is what an editor waits for. The same
// counts are taken with a contract of 500 operations, made by the generator of the SDK.
import { describeContract, type DescribedContract, type DescribedOperation } from "@projostack/contract";
import { packSdk } from "../../packages/sdk/test/pack.ts";
import { generateSdk } from "../generate/sdk.ts";
import { compilers, type Compiler } from "./cells.ts";
import { countInstantiationsOf } from "./count-instantiations.ts";
import { createProject, type Packed } from "./project.ts";
import { columns, type Section } from "./report.ts";

const MOST_FOR_ONE_CALL = 1_000;
const MOST_FOR_ALL_OPERATIONS = 6_000;
const SYNTHETIC_OPERATIONS = 500;

const head = `import { createClient } from "@projostack/sdk";
const client = createClient({ baseUrl: "http://127.0.0.1:4000" });
`;
const oneCall = `${head}export const { title } = await client.tasks.create({ projectId: "p", title: "t" });`;

export async function countInstantiations(packed: Packed, tools: string): Promise<Section> {
  const contract = describeContract();
  const large = enlarge(contract, SYNTHETIC_OPERATIONS);
  const synthetic = await packSdk(generateSdk(large));
  try {
    const rows: string[][] = [];
    const problems: string[] = [];
    // The empty program does not depend on the contract.
    const emptyCounts = new Map<Compiler, number>();
    const projects = [
      { name: "the contract", operations: contract.operations, packed },
      { name: "a large contract", operations: large.operations, packed: synthetic },
    ];
    for (const { name, operations, packed: from } of projects) {
      const project = await createProject(from, "instantiations", tools, []);
      for (const compiler of compilers) {
        const { version } = compiler;
        const count = async (source: string) =>
          await countInstantiationsOf(source, { project, tools, compiler });
        const empty = emptyCounts.get(compiler) ?? (await count("export {};"));
        emptyCounts.set(compiler, empty);
        const one = (await count(oneCall)) - empty;
        const all = (await count(head + callAll(operations))) - empty;
        const most = Math.ceil((MOST_FOR_ALL_OPERATIONS * operations.length) / contract.operations.length);
        rows.push([version, name, `${operations.length}`, `${one}`, `${all}`, `${most}`]);
        const place = `TypeScript ${version}, ${name}`;
        if (one > MOST_FOR_ONE_CALL)
          problems.push(
            `${place}: one call has ${one} instantiations, at most ${MOST_FOR_ONE_CALL} are allowed.`,
          );
        if (all > most)
          problems.push(`${place}: all operations have ${all} instantiations, at most ${most} are allowed.`);
      }
    }
    return {
      title: "Type instantiations above an empty project",
      lines: columns([
        ["TypeScript", "contract", "operations", "one call", "all operations", "bound for all"],
        ...rows,
      ]),
      problems,
    };
  } finally {
    await synthetic.remove();
  }
}

/** Adds copies of the operations under other names, until there are `count` operations. */
function enlarge({ operations, ...rest }: DescribedContract, count: number): DescribedContract {
  const copies = Array.from({ length: count - operations.length }, (_, index): DescribedOperation => {
    const operation = operations[index % operations.length];
    if (operation === undefined) throw new Error("The contract has no operations.");
    const verb = `${operation.verb}${Math.floor(index / operations.length) + 2}`;
    return { ...operation, verb, name: `${operation.noun}.${verb}` };
  });
  return { ...rest, operations: [...operations, ...copies] };
}

function callAll(operations: readonly DescribedOperation[]): string {
  return operations
    .map(({ name }, index) => `export const value${index} = await client.${name}(undefined as never);`)
    .join("\n");
}
