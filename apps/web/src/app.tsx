import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useEffect } from "react";
import { connectSession } from "./api/connect-session.ts";
import { createQueryClient } from "./api/query-client.ts";
import { Loading } from "./components/loading.tsx";
import { Toasts } from "./components/toasts.tsx";
import { OfflineBanner } from "./layout/offline-banner.tsx";
import { PageErrorBoundary } from "./layout/page-error-boundary.tsx";
import { Routes } from "./routes.tsx";

const queryClient = createQueryClient();

export function App() {
  useEffect(() => connectSession(queryClient), []);
  return (
    <QueryClientProvider client={queryClient}>
      <OfflineBanner />
      <PageErrorBoundary>
        <Suspense fallback={<Loading />}>
          <Routes />
        </Suspense>
      </PageErrorBoundary>
      <Toasts />
    </QueryClientProvider>
  );
}
