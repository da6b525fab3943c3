// Closes connections in stages, as RFC 9112 recommends (section 9.6): the server ends its own direction, reads and drops the
// bytes that still arrive, and closes the socket when the peer has closed its end. If the server closed the socket at once
// while bytes of the peer are unread, the kernel would answer them with a reset. The peer would then get an error of the
// network instead of the response that says why its request was refused.
import type { Socket } from "node:net";

export interface LingerBounds {
  /** How long the server waits for the peer to close its end. */
  readonly ms: number;
  /** The most connections that wait at the same time. One more is closed at once, so that they cannot use up memory. */
  readonly most: number;
}

const BOUNDS: LingerBounds = { ms: 2_000, most: 200 };

/** Returns a function that makes a socket close in stages when the server closes it after a response. */
export function createStagedClose({ ms, most }: LingerBounds = BOUNDS): (socket: Socket) => void {
  let lingering = 0;
  return (socket) => {
    const closeAtOnce = socket.destroySoon.bind(socket);
    let isClosing = false;
    // Node's HTTP server and our own code call this method to close a connection after the response.
    socket.destroySoon = () => {
      if (isClosing) return;
      isClosing = true;
      if (socket.destroyed || socket.readableEnded || lingering >= most) {
        closeAtOnce();
        return;
      }
      lingering += 1;
      dropInput(socket);
      const timer = setTimeout(() => socket.destroy(), ms);
      socket.once("close", () => {
        lingering -= 1;
        clearTimeout(timer);
      });
      socket.once("end", closeAtOnce);
      socket.end();
    };
  };
}

/** Reads and drops what arrives. The parser gets no more of it, so it reports no further requests and errors. */
function dropInput(socket: Socket): void {
  socket.removeAllListeners("data");
  // With a listener of its own, Node takes the socket back from the parser.
  socket.on("data", ignore);
  socket.resume();
}

const ignore = (): void => {};
