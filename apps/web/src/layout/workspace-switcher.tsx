import type { OwnWorkspace } from "@projostack/sdk";
import { Link } from "wouter";
import { client } from "../api/client.ts";
import { queryKeys } from "../api/query-keys.ts";
import { usePagedList } from "../api/use-paged-list.ts";
import { Icon } from "../components/icon.tsx";
import { Popover } from "../components/popover.tsx";
import { paths } from "../paths.ts";
import { layoutTexts as texts } from "../texts/layout.ts";
import "./workspace-switcher.css";

interface WorkspaceSwitcherProps {
  readonly current: OwnWorkspace;
  /** The section that the links keep. */
  readonly section: string;
}

/** Shows the workspace of the page, and links to the same section of the newest other workspaces. */
export function WorkspaceSwitcher({ current, section }: WorkspaceSwitcherProps) {
  const { items = [] } = usePagedList({
    queryKey: queryKeys.workspaces,
    fetchPage: (page, signal) => client.workspaces.list(page, { signal }),
  });
  return (
    <Popover
      label={`${texts.workspaceMenu}: ${current.name}`}
      className="switcher"
      button={
        <>
          <span className="switcher-name">{current.name}</span>
          <Icon name="chevron" />
        </>
      }
    >
      <ul className="switcher-list">
        {items.map(({ id, name }) => (
          <li key={id}>
            <Link
              href={paths.section(id, section)}
              className="popover-item"
              aria-current={id === current.id ? "true" : undefined}
            >
              <span className="switcher-item">{name}</span>
              {id === current.id && <Icon name="check" />}
            </Link>
          </li>
        ))}
      </ul>
      <hr className="popover-separator" />
      <Link href={paths.workspaces} className="popover-item">
        {texts.allWorkspaces}
      </Link>
    </Popover>
  );
}
