import { isReason, type Role } from "@projostack/sdk";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo, useRef } from "react";
import { Link, Redirect } from "wouter";
import { client } from "../api/client.ts";
import { queryKeys } from "../api/query-keys.ts";
import { can } from "../api/roles.ts";
import type { Me } from "../api/session.ts";
import { WorkspaceContext } from "../api/workspace-context.ts";
import { LinkButton } from "../components/button.tsx";
import { ErrorNotice } from "../components/error-notice.tsx";
import { Icon } from "../components/icon.tsx";
import { Loading } from "../components/loading.tsx";
import { showToast } from "../components/toasts.tsx";
import { Page } from "../layout/page.tsx";
import { sections } from "../layout/sections.ts";
import { Shell } from "../layout/shell.tsx";
import { WorkspaceSwitcher } from "../layout/workspace-switcher.tsx";
import { paths } from "../paths.ts";
import { commonTexts } from "../texts/common.ts";
import { errorTexts } from "../texts/errors.ts";
import { layoutTexts as texts } from "../texts/layout.ts";

interface WorkspaceAreaProps {
  readonly me: Me;
  readonly workspaceId: string;
  readonly section: string | undefined;
}

/** The pages of one workspace, with the navigation between its sections. */
export default function WorkspaceArea({ me, workspaceId, section }: WorkspaceAreaProps) {
  const api = useMemo(() => client.workspace(workspaceId), [workspaceId]);
  const { data, error, refetch } = useQuery({
    queryKey: queryKeys.workspace(workspaceId),
    queryFn: async ({ signal }) => await api.workspaces.get({}, { signal }),
  });
  const isMissing = isReason(error, "workspace.not_found");
  const current = useMemo(
    () =>
      // The cache keeps the workspace after the user has lost it.
      data &&
      !isMissing && {
        id: workspaceId,
        workspace: data,
        me,
        api,
        can: (permission: Parameters<typeof can>[1]) => can(data.role, permission),
      },
    [api, data, isMissing, me, workspaceId],
  );
  useRoleNotice(data?.role);
  if (section === undefined) return <Redirect to={paths.section(workspaceId, "projects")} replace />;
  if (!current) {
    return (
      <Shell me={me}>
        {error ? (
          <Page title={isMissing ? texts.noWorkspace : errorTexts.title}>
            <ErrorNotice error={error} {...(isMissing ? {} : { onRetry: () => void refetch() })} />
            <div>
              <LinkButton href={paths.workspaces}>{commonTexts.notFound.link}</LinkButton>
            </div>
          </Page>
        ) : (
          <Loading />
        )}
      </Shell>
    );
  }
  const offered = sections.filter(({ permission }) => current.can(permission));
  return (
    <WorkspaceContext value={current}>
      <Shell
        me={me}
        switcher={<WorkspaceSwitcher current={current.workspace} section={section} />}
        navigation={
          <ul>
            {offered.map(({ name, icon }) => (
              <li key={name}>
                <Link
                  href={paths.section(workspaceId, name)}
                  className="shell-link"
                  aria-current={name === section ? "page" : undefined}
                >
                  <Icon name={icon} />
                  {texts.sections[name]}
                </Link>
              </li>
            ))}
          </ul>
        }
      >
        <Suspense fallback={<Loading />}>
          <SectionPage
            key={`${workspaceId}/${section}`}
            name={section}
            offered={offered.map(({ name }) => name)}
          />
        </Suspense>
      </Shell>
    </WorkspaceContext>
  );
}

/** Says that the role has changed while the page was open. */
function useRoleNotice(role: Role | undefined): void {
  const shown = useRef(role);
  useEffect(() => {
    if (role !== undefined && shown.current !== undefined && shown.current !== role)
      showToast(texts.roleChanged(commonTexts.roles[role]));
    shown.current = role;
  }, [role]);
}

function SectionPage({ name, offered }: { readonly name: string; readonly offered: readonly string[] }) {
  const section = sections.find((each) => each.name === name);
  if (section === undefined)
    return <Page title={commonTexts.notFound.title}>{commonTexts.notFound.text}</Page>;
  if (!offered.includes(name)) {
    return <Page title={texts.forbiddenSection.title}>{texts.forbiddenSection.text}</Page>;
  }
  return <section.page />;
}
