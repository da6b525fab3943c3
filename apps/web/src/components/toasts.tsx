import { useSyncExternalStore } from "react";
import { createStore } from "../api/store.ts";
import { commonTexts as texts } from "../texts/common.ts";
import { Icon } from "./icon.tsx";
import "./toasts.css";

interface ToastMessage {
  readonly id: number;
  readonly text: string;
}

const SHOWN_FOR_MS = 6_000;

const store = createStore<readonly ToastMessage[]>([]);
let lastId = 0;

/** Shows the result of an action for a few seconds. Errors stay in the page: use `ErrorNotice`. */
export function showToast(text: string): void {
  lastId += 1;
  const id = lastId;
  store.set([...store.get(), { id, text }]);
  setTimeout(() => dismiss(id), SHOWN_FOR_MS);
}

const dismiss = (id: number): void => store.set(store.get().filter((toast) => toast.id !== id));

/** The region in which screen readers announce the toasts. It is in the page from the beginning. */
export function Toasts() {
  const toasts = useSyncExternalStore(store.subscribe, store.get);
  return (
    <div className="toasts" aria-label={texts.notifications} role="status">
      {toasts.map(({ id, text }) => (
        <div key={id} className="toast">
          <Icon name="check" />
          <span>{text}</span>
          <button
            type="button"
            className="toast-close"
            aria-label={texts.dismiss}
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
