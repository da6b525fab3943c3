import { SelectField } from "./field.tsx";
import { ListControls } from "./list-controls.tsx";

interface StatusControlProps<Status extends string> {
  /** What a screen reader says about the group. */
  readonly label: string;
  /** The label of the field. */
  readonly field: string;
  /** The text of the choice that selects all items. */
  readonly all: string;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly value: Status | undefined;
  readonly onChange: (status: Status | undefined) => void;
}

/** Selects the items of a list by their status. */
export function StatusControl<Status extends string>({
  label,
  field,
  all,
  statuses,
  value,
  onChange,
}: StatusControlProps<Status>) {
  const isStatus = (text: string): text is Status => Object.hasOwn(statuses, text);
  return (
    <ListControls label={label}>
      <SelectField
        name="status"
        label={field}
        value={value ?? ""}
        options={[
          { value: "", label: all },
          ...Object.entries<string>(statuses).map(([status, text]) => ({ value: status, label: text })),
        ]}
        onChange={({ target }) => onChange(isStatus(target.value) ? target.value : undefined)}
      />
    </ListControls>
  );
}
