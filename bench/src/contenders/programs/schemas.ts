// The inputs and outputs of the tRPC contenders, with the same shapes as the product's.
import { z } from "zod";

export const getInput = z.object({ id: z.uuid() });

export const task = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  title: z.string(),
  status: z.enum(["todo", "doing", "done"]),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
});

export const project = z.object({
  id: z.uuid(),
  name: z.string(),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
});

export const listInput = z.object({
  limit: z.int().min(1).max(100).default(20),
  cursor: z.uuid().optional(),
  status: task.shape.status.optional(),
});

export const taskPage = z.object({ items: z.array(task), nextCursor: z.uuid().nullable() });

export const createInput = z.object({ projectId: z.uuid(), title: z.string().trim().min(1).max(200) });
