import { useSyncExternalStore } from "react";
import { commonTexts } from "../texts/common.ts";
import "./offline-banner.css";

/** Says that the browser has no network. The region exists from the beginning, so that screen readers announce the change. */
export function OfflineBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  return <div role="status">{isOnline ? null : <div className="offline">{commonTexts.offline}</div>}</div>;
}

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}
