import { useEffect, useRef, type ReactNode } from "react";
import { commonTexts } from "../texts/common.ts";
import "./page.css";

let isFirstPage = true;

interface PageProps {
  /** The heading of the page, and the title of the document. */
  readonly title: string;
  readonly description?: ReactNode;
  /** Buttons beside the heading. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** A page inside a layout: its title, its heading, and its content. */
export function Page({ title, description, actions, children }: PageProps) {
  return (
    <div className="page">
      <div className="page-header">
        <div className="page-heading">
          <PageHeading title={title} />
          {description !== undefined && <p className="page-description">{description}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/**
 * The heading of the first level, and the title of the document. After a navigation it gets the focus, so that a screen reader reads
 * it and the keyboard continues from there. The first page of a visit leaves the focus to the browser.
 */
export function PageHeading({ title }: { readonly title: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) {
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    return () => {
      isFirstPage = false;
    };
  }, []);
  return (
    <>
      <title>{`${title} · ${commonTexts.product}`}</title>
      <h1 ref={heading} tabIndex={-1} className="page-title">
        {title}
      </h1>
    </>
  );
}
