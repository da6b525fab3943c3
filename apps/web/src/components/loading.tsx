import { commonTexts as texts } from "../texts/common.ts";
import "./loading.css";

/** Shown while a page or a part of it loads. It appears after a moment, so that quick answers do not flicker. */
export function Loading({ label = texts.loading }: { readonly label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="loading-spinner" aria-hidden="true" />
      <span className="visually-hidden">{label}</span>
    </div>
  );
}
