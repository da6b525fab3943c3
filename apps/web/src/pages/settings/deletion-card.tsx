import { lazy, Suspense, useState } from "react";
import { Button } from "../../components/button.tsx";
import { Card } from "../../components/card.tsx";
import { settingsTexts } from "../../texts/settings.ts";

const texts = settingsTexts.deletion;
const DeleteWorkspaceDialog = lazy(() => import("./delete-workspace-dialog.tsx"));

export function DeletionCard() {
  const [isDeleting, setDeleting] = useState(false);
  return (
    <Card title={texts.title} description={texts.description}>
      <div>
        <Button look="danger" onClick={() => setDeleting(true)}>
          {texts.open}
        </Button>
      </div>
      <Suspense>{isDeleting && <DeleteWorkspaceDialog onClose={() => setDeleting(false)} />}</Suspense>
    </Card>
  );
}
