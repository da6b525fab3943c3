// The tabs of a browser share the session cookie. They tell each other when the user signs in or out.

interface SessionChange {
  readonly isSignedIn: boolean;
}

const channel = new BroadcastChannel("projo-session");

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has no target origin
export const tellOtherTabs = (change: SessionChange): void => channel.postMessage(change);

/** Calls `listener` after a user has signed in or out in another tab. @returns a function that stops it */
export function onChangeInOtherTab(listener: (change: SessionChange) => void): () => void {
  const receive = ({ data }: MessageEvent<SessionChange>) => listener(data);
  channel.addEventListener("message", receive);
  return () => channel.removeEventListener("message", receive);
}
