import type { Checkpoint } from "@projostack/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { ErrorNotice } from "../../components/error-notice.tsx";
import { TextField } from "../../components/field.tsx";
import { Notice } from "../../components/notice.tsx";
import { filePart, saveFile } from "../../components/save-file.ts";
import { showToast } from "../../components/toasts.tsx";
import { auditTexts } from "../../texts/audit.ts";
import { parseCheckpoint } from "./parse-checkpoint.ts";

const texts = auditTexts.integrity;

interface CheckpointsProps {
  /** Gets the checkpoint of the chosen file, or undefined if there is none. */
  readonly onChoose: (checkpoint: Checkpoint | undefined) => void;
}

/** Saves a checkpoint as a file, and reads one for the next check. The files are those of `projo audit checkpoint`. */
export function Checkpoints({ onChoose }: CheckpointsProps) {
  const { api, workspace } = useWorkspace();
  const [isWrong, setWrong] = useState(false);
  const save = useMutation({
    mutationFn: async () => {
      const checkpoint = await api.audit.checkpoint();
      const day = new Date().toISOString().slice(0, 10);
      const content = new Blob([`${JSON.stringify(checkpoint, undefined, 2)}\n`]);
      saveFile(`checkpoint-${filePart(workspace.name)}-${day}.json`, content);
    },
    onSuccess: () => showToast(texts.saved),
  });
  const read = async (file: File | undefined) => {
    const checkpoint = file && parseCheckpoint(await file.text());
    setWrong(file !== undefined && checkpoint === undefined);
    onChoose(checkpoint);
  };
  return (
    <details className="audit-checkpoints">
      <summary>{texts.checkpoints}</summary>
      <div className="audit-checkpoints-content">
        <p>{texts.checkpointText}</p>
        <div>
          <Button isWorking={save.isPending} onClick={() => save.mutate()}>
            {texts.save}
          </Button>
        </div>
        {save.error && <ErrorNotice error={save.error} />}
        <TextField
          name="checkpoint"
          type="file"
          accept=".json,application/json"
          label={texts.compare}
          hint={texts.compareHint}
          onChange={({ target: { files } }) => void read(files?.[0])}
        />
        {isWrong && (
          <Notice kind="danger" role="alert">
            {texts.notCheckpoint}
          </Notice>
        )}
      </div>
    </details>
  );
}
