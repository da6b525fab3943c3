/** Headers as a plain object, as a `Headers` object, or as pairs of a name and a value. */
export type HeadersLike =
  | Readonly<Record<string, string>>
  | Iterable<readonly [string, string]>
  | { forEach(callback: (value: string, name: string) => void): void };

/** The headers of all requests of a client. */
export type DefaultHeaders = HeadersLike | (() => HeadersLike | Promise<HeadersLike>);
