import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Me } from "../api/session.ts";
import { useOpenUntilNavigation } from "../components/use-open-until-navigation.ts";
import { Icon } from "../components/icon.tsx";
import { paths } from "../paths.ts";
import { commonTexts } from "../texts/common.ts";
import { layoutTexts as texts } from "../texts/layout.ts";
import { AccountMenu } from "./account-menu.tsx";
import { Logo } from "./logo.tsx";
import { SkipLink } from "./skip-link.tsx";
import "./shell.css";

interface ShellProps {
  readonly me: Me;
  /** The switcher of workspaces, in the pages of a workspace. */
  readonly switcher?: ReactNode;
  /** The sections of the workspace. Narrow screens show them after a press of the menu button. */
  readonly navigation?: ReactNode;
  readonly children: ReactNode;
}

/** The layout of all pages for signed-in users. */
export function Shell({ me, switcher, navigation, children }: ShellProps) {
  const [isMenuOpen, setMenuOpen] = useOpenUntilNavigation();
  return (
    <div className={`shell ${navigation === undefined ? "" : "shell-with-navigation"}`}>
      <SkipLink />
      <header className="shell-header">
        {navigation !== undefined && (
          <button
            type="button"
            className="shell-menu"
            aria-label={commonTexts.menu}
            aria-expanded={isMenuOpen}
            aria-controls="navigation"
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            <Icon name={isMenuOpen ? "close" : "menu"} />
          </button>
        )}
        <Link href={paths.workspaces} className="shell-home" aria-label={texts.home}>
          <Logo />
        </Link>
        {switcher}
        <div className="shell-end">
          <AccountMenu me={me} />
        </div>
      </header>
      {navigation !== undefined && (
        <nav
          id="navigation"
          className={`shell-navigation ${isMenuOpen ? "shell-navigation-open" : ""}`}
          aria-label={commonTexts.navigation}
        >
          {navigation}
        </nav>
      )}
      <main id="content" className="shell-main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
