import type { RowCounts } from "./row-counts.ts";

/** Prints the steps of a drill, and its figures at the end. */
export class Report {
  readonly #print: (line: string) => void;
  readonly #figures: [name: string, ms: number, bytes: number | undefined][] = [];
  #bytes = 0;
  #lossMs: number | null = null;
  #problems = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get isGreen(): boolean {
    return this.#problems === 0;
  }

  /** @param bytes the size of the database */
  size(bytes: number): void {
    this.#bytes = bytes;
    this.#print(`The database has ${megabytes(bytes)}.`);
  }

  succeeded(step: string): void {
    this.#print(`  ✓ ${step}`);
  }

  failed(problem: string): void {
    this.#problems += 1;
    this.#print(`  ✗ ${problem}`);
  }

  /** Reports a step that succeeds if there are no problems. */
  compared(step: string, problems: readonly string[]): void {
    if (problems.length === 0) this.succeeded(step);
    else this.failed(`not: ${step}`);
    for (const problem of problems) this.#print(`      ${problem}`);
  }

  rows(counts: RowCounts): void {
    for (const [name, count] of counts) this.#print(`      ${name.padEnd(26)} ${String(count).padStart(9)}`);
  }

  /** @param bytes the size of the result */
  figure(name: string, ms: number, bytes?: number): void {
    this.#figures.push([name, ms, bytes]);
  }

  /** @param ms the age of the newest archived change when the cluster was lost */
  loss(ms: number): void {
    this.#lossMs = ms;
  }

  end(): void {
    this.#print("");
    this.#print(`${"step".padEnd(36)} ${"time".padStart(9)} ${"each GB".padStart(9)}  size`);
    for (const [name, ms, bytes] of this.#figures) {
      const perGigabyte = this.#bytes === 0 ? "" : seconds((ms * 1e9) / this.#bytes);
      const size = bytes === undefined ? "" : megabytes(bytes);
      this.#print(
        `${name.padEnd(36)} ${seconds(ms).padStart(9)} ${perGigabyte.padStart(9)}  ${size}`.trimEnd(),
      );
    }
    if (this.#lossMs !== null) {
      this.#print(`RPO with the archive alone, at archive_timeout = 2: ${seconds(this.#lossMs)}.`);
    }
    this.#print(this.isGreen ? "Every check succeeded." : `${this.#problems} checks failed.`);
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
