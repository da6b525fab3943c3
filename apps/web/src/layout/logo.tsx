import { commonTexts } from "../texts/common.ts";
import "./logo.css";

/** The mark and the name of the product. */
export const Logo = () => (
  <span className="logo">
    <svg className="logo-mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M10 23V9h7.2a5 5 0 0 1 0 10H10" />
    </svg>
    <span className="logo-name">{commonTexts.product}</span>
  </span>
);
