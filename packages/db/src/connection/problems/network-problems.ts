// Failures before PostgreSQL answers.
import type { ConnectionProblem } from "./connection-problem-row.ts";

const REFUSED_CONNECT = /^connect E[A-Z]+ /;

export const networkProblems: readonly ConnectionProblem[] = [
  {
    cause: "the host name is wrong",
    codes: ["ENOTFOUND"],
    says: "the host name is unknown",
    next: "Correct the host.",
  },
  {
    cause: "the name server does not answer",
    codes: ["EAI_AGAIN", "EAI_FAIL"],
    says: "the host name could not be looked up",
    next: "Check the name server of this machine, and the host.",
  },
  {
    cause: "nothing listens on the port",
    codes: ["ECONNREFUSED"],
    says: "no PostgreSQL answers there",
    next: "Start it, or correct the host and port.",
  },
  {
    cause: "the socket does not exist",
    codes: ["ENOENT", "ENOTDIR"],
    text: REFUSED_CONNECT,
    says: "no PostgreSQL answers there",
    next: "Start it, or correct the directory of the socket and the port.",
  },
  {
    cause: "the socket cannot be opened",
    codes: ["EACCES", "EPERM"],
    text: REFUSED_CONNECT,
    says: "this user may not connect there",
    next: "Give the user access to the directory of the socket, or connect over TCP.",
  },
  {
    cause: "the network or a firewall blocks the host",
    codes: ["ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"],
    says: "the host cannot be reached",
    next: "Check the host, the network and the firewall.",
  },
  {
    cause: "another service answers",
    codes: ["NOT_POSTGRES"],
    says: "the service there is not PostgreSQL",
    next: "Correct the host and port.",
  },
  {
    cause: "the service accepts the connection and never answers",
    codes: ["CONNECTION_LOST"],
    says: "no PostgreSQL answers there in time",
    next: "Start it, or correct the host and port: a firewall or another service may hold the connection.",
    isComplete: true,
  },
  {
    cause: "the service accepts the connection and never answers",
    text: /timeout expired|timeout exceeded|due to connection timeout/,
    says: "no PostgreSQL answers there in time",
    next: "Start it, or correct the host and port: a firewall or another service may hold the connection.",
    isComplete: true,
  },
];

/** These apply after all others: the connection was closed without a reason. */
export const closedProblems: readonly ConnectionProblem[] = [
  {
    cause: "the connection was closed before the login",
    codes: ["ECONNRESET", "EPIPE", "ECONNABORTED"],
    says: "the connection was closed before the login",
    next: "Correct the host and port, and see the log of PostgreSQL, a proxy or a pooler there.",
  },
  {
    cause: "the connection was closed before the login",
    text: /Connection terminated|server closed the connection|socket disconnected/,
    says: "the connection was closed before the login",
    next: "Correct the host and port, and see the log of PostgreSQL, a proxy or a pooler there.",
  },
];
