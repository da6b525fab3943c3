import type { AuditEntry } from "@projostack/sdk";
import { auditTexts } from "../../texts/audit.ts";

const texts = auditTexts.entry;

type Values = AuditEntry["before"];

interface EntryChangesProps {
  readonly before: Values;
  readonly after: Values;
}

/** The properties of the target before and after the action. A column that the entry lacks is left out. */
export function EntryChanges({ before, after }: EntryChangesProps) {
  const properties = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (properties.length === 0) return <p className="audit-no-changes">{texts.noChanges}</p>;
  return (
    <table className="audit-changes">
      <caption>{texts.changes}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.property}</th>
          {before && <th scope="col">{texts.before}</th>}
          {after && <th scope="col">{texts.after}</th>}
        </tr>
      </thead>
      <tbody>
        {properties.map((property) => (
          <tr key={property}>
            <th scope="row">{property}</th>
            {before && <td>{valueText(before[property])}</td>}
            {after && <td>{valueText(after[property])}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const valueText = (value: NonNullable<Values>[string] | undefined): string =>
  value === undefined || value === null ? texts.none : String(value);
