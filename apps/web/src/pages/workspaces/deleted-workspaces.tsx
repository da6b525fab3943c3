import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { restorableUntil } from "../../api/restorable-until.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { showToast } from "../../components/toasts.tsx";
import { workspacesTexts } from "../../texts/workspaces.ts";

const texts = workspacesTexts.deleted;

/** The deleted workspaces that the user can restore. Nothing is shown without one. */
export function DeletedWorkspaces() {
  const queryClient = useQueryClient();
  const list = usePagedList({
    queryKey: queryKeys.deletedWorkspaces,
    fetchPage: (page, signal) => client.workspaces.list({ ...page, deleted: true }, { signal }),
  });
  const restore = useMutation({
    mutationFn: async (workspaceId: string) => await client.workspaces.restore({ workspaceId }),
    onSuccess: ({ name }) => showToast(texts.restored(name)),
    // The key of the deleted workspaces begins with that of all workspaces.
    onSettled: () => queryClient.invalidateQueries({ queryKey: queryKeys.workspaces }),
  });
  const isEmpty = list.items === undefined || list.items.length === 0;
  if (isEmpty && list.error === null && restore.error === null) return null;
  return (
    <Card title={texts.title} description={texts.description}>
      {restore.error && <ErrorNotice error={restore.error} />}
      <PagedItems list={list} empty={null}>
        {(items) => (
          <Rows label={texts.title}>
            {items.map(({ id, name, deletedAt }) => (
              <Row
                key={id}
                title={name}
                details={
                  deletedAt !== null && (
                    <>
                      {texts.until} <Time at={restorableUntil(deletedAt)} dayOnly />
                    </>
                  )
                }
                actions={
                  <Button
                    size="small"
                    aria-label={texts.restoreLabel(name)}
                    isWorking={restore.isPending && restore.variables === id}
                    onClick={() => restore.mutate(id)}
                  >
                    {texts.restore}
                  </Button>
                }
              />
            ))}
          </Rows>
        )}
      </PagedItems>
    </Card>
  );
}
