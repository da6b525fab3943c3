import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";
import { PageHeading } from "./page.tsx";
import "./auth-layout.css";

interface AuthLayoutProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  /** Links to related pages, below the card. */
  readonly footer?: ReactNode;
}

/** The layout of the pages that need no session: one card in the middle. */
export function AuthLayout({ title, description, children, footer }: AuthLayoutProps) {
  return (
    <div className="auth">
      <header className="auth-header">
        <Logo />
      </header>
      <main id="content" className="auth-main" tabIndex={-1}>
        <div className="auth-card">
          <div>
            <PageHeading title={title} />
            {description !== undefined && <p className="auth-description">{description}</p>}
          </div>
          {children}
        </div>
        {footer !== undefined && <div className="auth-footer">{footer}</div>}
      </main>
    </div>
  );
}
