import { Component, type ReactNode } from "react";
import { Button } from "../components/button.tsx";
import { errorTexts } from "../texts/errors.ts";
import { AuthLayout } from "./auth-layout.tsx";

interface State {
  readonly hasFailed: boolean;
}

/**
 * Shown when a page fails, or when its script cannot be loaded: after an update of the server, the scripts of the old version are
 * gone, and a reload helps.
 */
export class PageErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <AuthLayout title={errorTexts.title} description={errorTexts.unexpected}>
        <Button look="primary" onClick={() => location.reload()}>
          {errorTexts.reload}
        </Button>
      </AuthLayout>
    );
  }
}
