import { SelectField } from "../../components/field.tsx";
import { Filters } from "../../components/filters.tsx";
import { SearchField } from "../../components/search-field.tsx";
import { tasksTexts as texts } from "../../texts/tasks.ts";
import { listOrders } from "../list-query.ts";
import { CreatorField, ProjectField } from "./choice-field.tsx";
import { taskStatuses, type TaskFilters } from "./task-filters.ts";

interface TaskFilterBarProps {
  readonly filters: TaskFilters;
  readonly onChange: (filter: keyof TaskFilters, value: string) => void;
}

/** The fields that select and order the tasks of the list. */
export function TaskFilterBar({ filters, onChange }: TaskFilterBarProps) {
  const { search = "", status = "", projectId = "", createdBy = "", order = "newest" } = filters;
  return (
    <Filters label={texts.filters}>
      <SearchField
        name="search"
        label={texts.search}
        value={search}
        onChange={(value) => onChange("search", value)}
      />
      <SelectField
        name="status"
        label={texts.status}
        value={status}
        options={[
          { value: "", label: texts.allStatuses },
          ...taskStatuses.map((value) => ({ value, label: texts.statuses[value] })),
        ]}
        onChange={(event) => onChange("status", event.currentTarget.value)}
      />
      <ProjectField
        name="project"
        label={texts.project}
        value={projectId}
        all={texts.allProjects}
        onChange={(value) => onChange("projectId", value)}
      />
      <CreatorField
        name="creator"
        label={texts.creator}
        value={createdBy}
        all={texts.allCreators}
        onChange={(value) => onChange("createdBy", value)}
      />
      <SelectField
        name="order"
        label={texts.order}
        value={order}
        options={listOrders.map((value) => ({ value, label: texts.orders[value] }))}
        onChange={(event) =>
          onChange("order", event.currentTarget.value === "newest" ? "" : event.currentTarget.value)
        }
      />
    </Filters>
  );
}
