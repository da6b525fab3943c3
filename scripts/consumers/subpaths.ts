// The subpaths of the SDK, and the programs that use them.
export interface Subpath {
  /** The path of the import: `.` is the main path. */
  readonly path: string;
  /** The programs of every kind of project, in `programs`. */
  readonly programs: readonly string[];
  /** Further programs for projects whose types describe a platform: the DOM's types or those of Node.js. */
  readonly webPrograms: readonly string[];
  /** Packages that the subpath needs beside the SDK: its optional peers and what its program imports. */
  readonly packages: readonly string[];
}

export const subpaths: readonly Subpath[] = [
  { path: ".", programs: ["main", "main-refused"], webPrograms: ["main-web"], packages: [] },
  { path: "./node", programs: ["node"], webPrograms: [], packages: [] },
  { path: "./browser", programs: ["browser"], webPrograms: [], packages: [] },
  { path: "./server", programs: ["server"], webPrograms: ["server-web"], packages: [] },
  { path: "./testing", programs: ["testing"], webPrograms: [], packages: [] },
  {
    path: "./trpc",
    programs: ["trpc"],
    webPrograms: [],
    packages: [
      "@trpc/client",
      "@trpc/server",
      "@trpc/tanstack-react-query",
      "@tanstack/react-query",
      "react",
    ],
  },
];

/** The name that programs import. */
export function specifier({ path }: Subpath): string {
  return path.replace(".", "@projostack/sdk");
}
