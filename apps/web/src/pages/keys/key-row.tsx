import type { ServiceKey, ServiceKeyStatus } from "@projostack/sdk";
import type { ComponentProps } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { Row } from "../../components/rows.tsx";
import { Time } from "../../components/time.tsx";
import { commonTexts } from "../../texts/common.ts";
import { keysTexts as texts } from "../../texts/keys.ts";
import "./key-row.css";

export type KeyAction = "rotate" | "revoke";

interface KeyRowProps {
  readonly serviceKey: ServiceKey;
  readonly onAction: (action: KeyAction) => void;
}

const kinds: Record<ServiceKeyStatus, ComponentProps<typeof Badge>["kind"]> = {
  active: "success",
  expired: "warning",
  revoked: "neutral",
};

export function KeyRow({ serviceKey, onAction }: KeyRowProps) {
  const { name, role, scopes, status } = serviceKey;
  return (
    <Row
      title={name}
      details={
        <>
          {commonTexts.roles[role]}. <KeyTimes serviceKey={serviceKey} />
          <ul className="key-scopes" aria-label={texts.scopesOf(name)}>
            {scopes.map((scope) => (
              <li key={scope}>
                <code>{scope}</code>
              </li>
            ))}
          </ul>
          {!serviceKey.creatorIsMember && status === "active" && (
            <p className="key-warning">{texts.creatorLeft}</p>
          )}
        </>
      }
      actions={
        <>
          <Badge kind={kinds[status] ?? "neutral"}>{texts.statuses[status]}</Badge>
          {status !== "revoked" && (
            <>
              <Button
                size="small"
                aria-label={texts.rotate.openLabel(name)}
                onClick={() => onAction("rotate")}
              >
                {texts.rotate.open}
              </Button>
              <Button
                size="small"
                aria-label={texts.revoke.openLabel(name)}
                onClick={() => onAction("revoke")}
              >
                {texts.revoke.open}
              </Button>
            </>
          )}
        </>
      }
    />
  );
}

function KeyTimes({ serviceKey }: { readonly serviceKey: ServiceKey }) {
  const { status, expiresAt, rotatedAt, lastUsedAt, previousExpiresAt } = serviceKey;
  return (
    <>
      {status === "expired" ? texts.expired : texts.expires} <Time at={expiresAt} dayOnly />
      {rotatedAt !== null && (
        <>
          , {texts.rotated} <Time at={rotatedAt} dayOnly />
        </>
      )}
      ,{" "}
      {lastUsedAt === null ? (
        texts.neverUsed
      ) : (
        <>
          {texts.lastUsed} <Time at={lastUsedAt} />
        </>
      )}
      .
      {previousExpiresAt !== null && status === "active" && (
        <>
          {" "}
          {texts.earlierTokens} <Time at={previousExpiresAt} />.
        </>
      )}
    </>
  );
}
