// Counts the type instantiations of programs that use `@projostack/sdk/trpc`, and of the same programs with a router of one
// procedure. The second count is the share of tRPC and TanStack Query. Only the difference is the cost of the SDK's types.
import { compilers, TRPC_LIBRARY } from "./cells.ts";
import { countInstantiationsOf } from "./count-instantiations.ts";
import { createProject, type Packed } from "./project.ts";
import { columns, type Section } from "./report.ts";

const MOST_FOR_THE_SDK = 2_000;

const routerOfSdk = `import type { AppRouter } from "@projostack/sdk/trpc";`;

/** Declares a router as the compiler does for a router that `initTRPC` creates. */
const routerOf = (procedure: string): string => `
import type { TRPCBuiltRouter, TRPCDefaultErrorShape, TRPCMutationProcedure, TRPCQueryProcedure } from "@trpc/server";
type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: false },
  { tasks: { ${procedure} } }
>;`;

interface Program {
  readonly name: string;
  readonly text: string;
  /** The router of one procedure. */
  readonly small: string;
}

const programs: readonly Program[] = [
  {
    name: "createTRPCClient, one mutation",
    text: `import { createTRPCClient, type TRPCLink } from "@trpc/client";
declare const links: TRPCLink<AppRouter>[];
const trpc = createTRPCClient<AppRouter>({ links });
export const { title } = await trpc.tasks.create.mutate({ projectId: "p", title: "t" });`,
    small: routerOf(`create: TRPCMutationProcedure<{
      input: { projectId: string; title: string }; output: { title: string }; meta: object }>`),
  },
  {
    name: "useQuery, one list",
    text: `import { useQuery } from "@tanstack/react-query";
import { createTRPCContext } from "@trpc/tanstack-react-query";
const { useTRPC } = createTRPCContext<AppRouter>();
export const useTitle = () => useQuery(useTRPC().tasks.list.queryOptions()).data?.items[0]?.title;`,
    small: routerOf(`list: TRPCQueryProcedure<{
      input: { limit?: number; cursor?: string } | undefined;
      output: { items: { title: string }[]; nextCursor: string | null };
      meta: object }>`),
  },
];

const packages = [
  "@trpc/client",
  "@trpc/server",
  "@trpc/tanstack-react-query",
  "@tanstack/react-query",
  "@types/react",
];
// Most projects do not check the declarations of their dependencies.
const options = { lib: ["es2022", "dom", TRPC_LIBRARY], skipLibCheck: true };

export async function countTrpcInstantiations(packed: Packed, tools: string): Promise<Section> {
  const project = await createProject(packed, "trpc-instantiations", tools, packages);
  const rows: string[][] = [];
  const problems: string[] = [];
  for (const compiler of compilers.filter(({ canCompileTrpc }) => canCompileTrpc)) {
    const { version } = compiler;
    const count = async (source: string) =>
      await countInstantiationsOf(source, { project, tools, compiler, options });
    const empty = await count("export {};");
    for (const { name, text, small } of programs) {
      const whole = (await count(`${routerOfSdk}\n${text}`)) - empty;
      const ofTrpc = (await count(`${small}\n${text}`)) - empty;
      const own = whole - ofTrpc;
      rows.push([version, name, `${whole}`, `${ofTrpc}`, `${own}`, `${MOST_FOR_THE_SDK}`]);
      if (own > MOST_FOR_THE_SDK)
        problems.push(
          `TypeScript ${version}, ${name}: AppRouter adds ${own} instantiations, at most ${MOST_FOR_THE_SDK} are allowed.`,
        );
    }
  }
  return {
    title: "Type instantiations of /trpc above an empty project",
    lines: columns([
      ["TypeScript", "program", "AppRouter", "one procedure", "difference", "bound for the difference"],
      ...rows,
    ]),
    problems,
  };
}
