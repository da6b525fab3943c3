interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const toProject = ({ id, name, createdBy, createdAt }: ProjectRow) => ({
  id,
  name,
  createdBy,
  createdAt: createdAt.toISOString(),
});
