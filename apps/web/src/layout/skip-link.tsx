import { commonTexts } from "../texts/common.ts";
import "./skip-link.css";

/** The first element of a page: it leads keyboard users past the header. It changes no address. */
export const SkipLink = () => (
  <a
    className="skip-link"
    href="#content"
    onClick={(event) => {
      event.preventDefault();
      document.querySelector<HTMLElement>("#content")?.focus();
    }}
  >
    {commonTexts.skipToContent}
  </a>
);
