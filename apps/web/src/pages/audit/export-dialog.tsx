import { useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "../../api/query-keys.ts";
import { useLongWork } from "../../api/use-long-work.ts";
import { useWorkspace } from "../../api/workspace-context.ts";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { SelectField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { Notice } from "../../components/notice.tsx";
import { Progress } from "../../components/progress.tsx";
import { auditTexts } from "../../texts/audit.ts";
import { commonTexts } from "../../texts/common.ts";
import { exportLog, type ExportInput, type ExportProgress } from "./export-log.ts";

const { export: texts, integrity } = auditTexts;

/** Exports the whole log to a file. Closing the dialog stops the export. */
export default function ExportDialog({ onClose }: { readonly onClose: () => void }) {
  const { id, api, workspace } = useWorkspace();
  const queryClient = useQueryClient();
  const { start, isWorking, progress, result, error } = useLongWork(
    async (input: ExportInput, control: Parameters<typeof exportLog>[2]) => {
      const file = await exportLog(api, input, control);
      // The log has an entry about the export now.
      void queryClient.invalidateQueries({ queryKey: queryKeys.inWorkspace(id, "audit", "entries") });
      return file;
    },
  );
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <Form
        error={error}
        onSubmit={({ format }) =>
          start({ format: format === "csv" ? "csv" : "ndjson", workspace: workspace.name })
        }
      >
        <div className="dialog-text">{texts.text}</div>
        <SelectField
          name="format"
          label={texts.format}
          hint={texts.personal}
          options={Object.entries(texts.formats).map(([value, label]) => ({ value, label }))}
        />
        {isWorking && (
          <Progress label={texts.progress} value={shareOf(progress)}>
            {progress ? progressText(progress) : integrity.starting}
          </Progress>
        )}
        {result && (
          <Notice kind="success" role="status">
            <p>{texts.done(result.entries, result.name)}</p>
            {result.name.endsWith(".ndjson") && <p>{texts.verify}</p>}
          </Notice>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>{result ? commonTexts.close : commonTexts.cancel}</Button>
          <Button type="submit" look="primary" isWorking={isWorking}>
            {texts.start}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** The length of the log is known after the first part. */
const shareOf = (progress: ExportProgress | undefined): number | undefined =>
  progress && progress.untilSeq > 0 ? progress.lastSeq / progress.untilSeq : undefined;

const progressText = ({ lastSeq, untilSeq, waitSeconds }: ExportProgress): string =>
  waitSeconds === undefined ? texts.written(lastSeq, untilSeq) : integrity.waiting(waitSeconds);
