import type { ReactNode } from "react";
import type { PagedList } from "../api/use-paged-list.ts";
import { commonTexts as texts } from "../texts/common.ts";
import { Button } from "./button.tsx";
import { ErrorNotice } from "./error-notice.tsx";
import { Loading } from "./loading.tsx";
import { Notice } from "./notice.tsx";
import "./paged-items.css";

interface PagedItemsProps<T> {
  readonly list: PagedList<T>;
  /** Shown when the list has no items. */
  readonly empty: ReactNode;
  readonly children: (items: readonly T[]) => ReactNode;
}

/** A list of `usePagedList` in each of its states: loading, offline, failed, empty, and with items and a button for more of them. */
export function PagedItems<T>({ list, empty, children }: PagedItemsProps<T>) {
  const { items, isOutdated, error, hasMore, isLoadingMore, isPaused, loadMore, reload } = list;
  if (items === undefined || (isOutdated && (error || isPaused))) {
    if (error) return <ErrorNotice error={error} onRetry={reload} />;
    return isPaused ? <Notice role="status">{texts.waitsForNetwork}</Notice> : <Loading />;
  }
  if (items.length === 0) return isOutdated ? <Loading /> : <>{empty}</>;
  return (
    <div className={isOutdated ? "paged paged-outdated" : "paged"} aria-busy={isOutdated || undefined}>
      {children(items)}
      {error && <ErrorNotice error={error} onRetry={hasMore ? loadMore : reload} />}
      {hasMore && (
        <div className="paged-more">
          <Button isWorking={isLoadingMore} onClick={loadMore}>
            {isLoadingMore ? texts.loadingMore : texts.loadMore}
          </Button>
        </div>
      )}
      <p className="visually-hidden" role="status">
        {isOutdated ? texts.loading : texts.allShown(items.length)}
      </p>
    </div>
  );
}
