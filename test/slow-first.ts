import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest although they are short: other workers would wait for one that starts last. */
const SLOW =
  /(?:mutants\/server-guards|proofs\/(?:largest-inputs|timing\w*|fuzz|isolation-matrix)|equality\/\w+|sdk\/test\/packed|start|sockets\/(?:last-resort|slowhttptest)|inviter-races|regression\/lost-connections|examples|documents|contenders)\.test\.ts$/;

/** Starts the slow files first, and orders the others as Vitest does: by their last duration, else by size. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
    const groups = new Map<string, TestSpecification[]>();
    for (const file of sorted) {
      const { name } = file.project;
      groups.set(name, [...(groups.get(name) ?? []), file]);
    }
    // A worker keeps its modules only while the next file is of the same project.
    return [...groups.values()].flatMap((group) => [
      ...group.filter(isSlow),
      ...group.filter((file) => !isSlow(file)),
    ]);
  }
}
