interface Runtime {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> };
  readonly Deno?: { readonly version?: { readonly deno?: string } };
  readonly navigator?: { readonly userAgent?: string };
}

/** Returns the `user-agent` header: the SDK, the runtime and the caller's own suffix. Undefined in an unknown runtime. */
export function userAgent(own: string, suffix: string | undefined): string | undefined {
  const runtime = runtimeName();
  return runtime && [own, `(${runtime})`, suffix].filter(Boolean).join(" ");
}

function runtimeName(): string | undefined {
  // Without the types of a runtime, the global object has none of these properties.
  const { process, Deno, navigator }: object & Runtime = globalThis;
  const versions: Readonly<Record<string, string | undefined>> = {
    ...process?.versions,
    deno: Deno?.version?.deno,
  };
  // Bun and Deno also have the version of Node.js with which they are compatible.
  for (const name of ["deno", "bun", "node"]) if (versions[name]) return `${name}/${versions[name]}`;
  return navigator?.userAgent === "Cloudflare-Workers" ? "workerd" : undefined;
}
