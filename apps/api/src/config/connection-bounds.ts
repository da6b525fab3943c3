/** How much of the server its peers may hold, and for how long. */
export interface ConnectionBounds {
  /** The most connections at once. */
  readonly inAll: number;
  /** The most of one address, or of one IPv6 /64. Trusted proxies are not counted. */
  readonly perAddress: number;
  /** How long a request's headers may take, from the connection's opening or the request's first byte. */
  readonly headersMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestMs: number;
  /** How long a connection is kept without a request. */
  readonly idleMs: number;
  /** How long a peer may take nothing of an answer that waits for it. */
  readonly unreadMs: number;
  /** How many bytes of answers may wait for all peers together. Past that the connection with the most is closed. */
  readonly unreadBytes: number;
}
