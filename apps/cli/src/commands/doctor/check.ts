/** The result of one check. */
export interface Check {
  /** The checked thing: `Node.js`. */
  name: string;
  /** `note`: the state can be intended. */
  status: "ok" | "problem" | "note";
  text: string;
  /** What to do. */
  fix?: string;
}

export const ok = (name: string, text: string): Check => ({ name, status: "ok", text });

export const note = (name: string, text: string, fix: string): Check => ({
  name,
  status: "note",
  text,
  fix,
});

export const problem = (name: string, text: string, fix: string): Check => ({
  name,
  status: "problem",
  text,
  fix,
});
