/** A trace context (W3C `traceparent`), or a function that returns that of the current call. */
export type Traceparent = string | (() => string | undefined);
