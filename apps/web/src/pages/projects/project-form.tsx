import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { Form } from "../../components/form.tsx";
import { commonTexts } from "../../texts/common.ts";
import { projectsTexts as texts } from "../../texts/projects.ts";

interface ProjectFormProps {
  readonly name: string;
  readonly action: string;
  readonly error: unknown;
  readonly isWorking: boolean;
  readonly onSubmit: (name: string) => void;
  readonly onClose: () => void;
}

/** The form for the name of a new or existing project. */
export const ProjectForm = ({ name, action, error, isWorking, onSubmit, onClose }: ProjectFormProps) => (
  <Form error={error} onSubmit={(values) => onSubmit((values["name"] ?? "").trim())}>
    <TextField
      name="name"
      label={texts.name}
      defaultValue={name}
      maxLength={400}
      autoComplete="off"
      required
    />
    <div className="dialog-actions">
      <Button onClick={onClose}>{commonTexts.cancel}</Button>
      <Button type="submit" look="primary" isWorking={isWorking}>
        {action}
      </Button>
    </div>
  </Form>
);
