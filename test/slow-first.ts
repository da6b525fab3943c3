import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest although they are short: other workers would wait for one that starts last. */
const SLOW =
  /(?:full\/(?:acceptance\/[\w-]+|sdk-consumers|deploy-guide|add-comments|image|restore-drill)|sdk\/lost-answers|openapi\/responses|rotation-histories|transfer\/move|mutants\/server-guards|proofs\/(?:largest-inputs|timing\w*|fuzz|isolation-matrix)|equality\/\w+|sdk\/test\/packed|server\/start|sockets\/(?:uncaught-errors|slowhttptest)|inviter-races|limits\/limits|mail\/outbox|audit\/built-program|regression\/(?:lost-connections|owner-without-createrole|embedded-directories)|examples|documents|contenders|attack\/counted)\.test\.ts$/;

const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId);

/** Starts the slow files of each project first, and orders the others as Vitest does: by their last duration, else by size. */
export default class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- this is Vitest's method, not an array's
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project.name))];
    const place = ({ project }: TestSpecification) => projects.indexOf(project.name);
    return sorted.toSorted((a, b) => place(a) - place(b) || Number(isSlow(b)) - Number(isSlow(a)));
  }
}
