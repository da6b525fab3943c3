import { useId } from "react";
import { Button } from "../../components/button.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { auditTexts } from "../../texts/audit.ts";
import type { FilterName, Filters } from "./filters.ts";
import type { Names } from "./names.ts";

const { filters: texts, actions, actors, targets } = auditTexts;

interface AuditFiltersProps {
  readonly filters: Filters;
  readonly names: Names;
  readonly onChange: (filters: Filters) => void;
}

/** The filters of the log. Each change applies at once. */
export function AuditFilters({ filters, names, onChange }: AuditFiltersProps) {
  const labelId = useId();
  const set = (name: FilterName, value: string | undefined) =>
    onChange({ ...filters, [name]: value === "" ? undefined : value });
  const { action = "", actor = "", target, from = "", to = "" } = filters;
  const members = [...names.members].map(([value, label]) => ({ value, label }));
  const isFormer = actor !== "" && !names.members.has(actor);
  return (
    <section className="audit-filters" aria-labelledby={labelId}>
      <h2 id={labelId} className="visually-hidden">
        {texts.label}
      </h2>
      <div className="audit-filter-fields">
        <SelectField
          name="action"
          label={texts.action}
          value={action}
          options={[
            { value: "", label: texts.allActions },
            ...Object.entries(actions).map(([value, label]) => ({ value, label })),
          ]}
          onChange={({ target: { value } }) => set("action", value)}
        />
        <SelectField
          name="actor"
          label={texts.actor}
          value={actor}
          options={[
            { value: "", label: texts.allActors },
            ...(isFormer ? [{ value: actor, label: actors.formerMember }] : []),
            ...members,
          ]}
          onChange={({ target: { value } }) => set("actor", value)}
        />
        <TextField
          name="from"
          label={texts.from}
          type="date"
          value={from}
          {...(to !== "" && { max: to })}
          onChange={({ target: { value } }) => set("from", value)}
        />
        <TextField
          name="to"
          label={texts.to}
          type="date"
          value={to}
          {...(from !== "" && { min: from })}
          onChange={({ target: { value } }) => set("to", value)}
        />
      </div>
      {Object.values(filters).some((value) => value !== undefined) && (
        <div className="audit-filter-actions">
          {target !== undefined && (
            <p className="audit-filter-target">
              {texts.target} {targets[target.split(":")[0] ?? ""] ?? target.split(":")[0]}{" "}
              <code>{target.slice(target.indexOf(":") + 1)}</code>
            </p>
          )}
          <Button size="small" look="quiet" icon="close" onClick={() => onChange({})}>
            {texts.clear}
          </Button>
        </div>
      )}
    </section>
  );
}
