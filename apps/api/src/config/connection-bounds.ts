/** The limits of connections. */
export interface ConnectionBounds {
  /** The most connections at once. */
  readonly inAll: number;
  /** The most connections of one IPv4 address or one IPv6 /64. Trusted proxies are not limited. */
  readonly perAddress: number;
  /** The time limit for the headers of a request, from the opening of the connection or the first byte of the request. */
  readonly headersMs: number;
  /** The time limit for receiving a whole request. */
  readonly requestMs: number;
  /** How long a connection without a request stays open. */
  readonly idleMs: number;
  /** How long a response may stay unread, plus time in proportion to its size. */
  readonly unreadMs: number;
  /** The most unread response bytes of all connections together. Beyond it, the connections with the most are closed. */
  readonly unreadBytes: number;
}
