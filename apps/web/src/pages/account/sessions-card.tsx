import type { Device } from "@projostack/sdk";
import { lazy, Suspense, useState } from "react";
import { client } from "../../api/client.ts";
import { queryKeys } from "../../api/query-keys.ts";
import { usePagedList } from "../../api/use-paged-list.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { Icon } from "../../components/icon.tsx";
import { PagedItems } from "../../components/paged-items.tsx";
import { Row, Rows } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { accountTexts } from "../../texts/account.ts";
import { deviceName } from "./device-name.ts";

const texts = accountTexts.sessions;
const EndSessionDialog = lazy(() => import("./end-session-dialog.tsx"));
const EndAllSessionsDialog = lazy(() => import("./end-all-sessions-dialog.tsx"));

/** The sessions of the user. Each of them can be ended, and all of them at once. */
export function SessionsCard() {
  const [ending, setEnding] = useState<Device | "all">();
  const list = usePagedList({
    queryKey: queryKeys.sessions,
    fetchPage: (page, signal) => client.sessions.list(page, { signal }),
  });
  const close = () => setEnding(undefined);
  return (
    <Card
      title={texts.title}
      description={texts.description}
      actions={<Button onClick={() => setEnding("all")}>{texts.endAll}</Button>}
    >
      <PagedItems list={list} empty={<p>{texts.empty}</p>}>
        {(items) => (
          <Rows label={texts.title}>
            {items.map((device) => (
              <SessionRow key={device.id} device={device} onEnd={() => setEnding(device)} />
            ))}
          </Rows>
        )}
      </PagedItems>
      <Suspense>
        {ending === "all" && <EndAllSessionsDialog onClose={close} />}
        {ending !== undefined && ending !== "all" && (
          <EndSessionDialog id={ending.id} name={nameOf(ending)} onClose={close} />
        )}
      </Suspense>
    </Card>
  );
}

const nameOf = ({ userAgent }: Device): string => deviceName(userAgent)?.name ?? texts.unknownDevice;

function SessionRow({ device, onEnd }: { readonly device: Device; readonly onEnd: () => void }) {
  const { createdAt, lastUsedAt, ip, userAgent, current, mode } = device;
  const name = nameOf(device);
  return (
    <Row
      title={
        <>
          <Icon name={deviceName(userAgent)?.isPhone ? "phone" : "computer"} />
          {name}
          {current && <Badge kind="success">{texts.current}</Badge>}
        </>
      }
      details={
        <>
          {texts.signedIn} <Time at={createdAt} /> · {texts.lastUsed} <Time at={lastUsedAt} />
          {ip !== null && ` · ${ip}`}
          {mode !== undefined && ` · ${texts.modes[mode]}`}
        </>
      }
      actions={
        current ? undefined : (
          <Button size="small" aria-label={texts.endLabel(name)} onClick={onEnd}>
            {texts.end}
          </Button>
        )
      }
    />
  );
}
