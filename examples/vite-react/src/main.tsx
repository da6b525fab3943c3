import { QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { account, isSignedOut, queryClient } from "./api.ts";
import { SignIn } from "./sign-in.tsx";
import { Workspace } from "./workspace.tsx";

function App() {
  const me = useQuery(account.auth.me.queryOptions(undefined, { meta: { isUser: true } }));
  // Loading the page again drops all data of the user.
  const signOut = useMutation(account.auth.signOut.mutationOptions({ onSuccess: () => location.reload() }));

  if (isSignedOut(me.error)) return <SignIn />;
  if (me.error) return <p role="alert">{me.error.message}</p>;
  if (!me.data) return <p>Loading</p>;
  return (
    <>
      <header>
        {me.data.user.email} <button onClick={() => signOut.mutate()}>Sign out</button>
      </header>
      <Workspace />
    </>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
