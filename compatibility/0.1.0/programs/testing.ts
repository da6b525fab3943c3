// A program that uses `@projostack/sdk/testing`.
import type { Task } from "@projostack/sdk";
import { createTestClient, listOf, projoError, type TestClient } from "@projostack/sdk/testing";

const task: Task = {
  id: "t",
  projectId: "p",
  title: "Ship it",
  status: "todo",
  createdBy: "u",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  version: 1,
};
export const client: TestClient = createTestClient({
  "tasks.list": listOf([task]),
  "tasks.get": ({ id }) => ({ ...task, id }),
  "tasks.delete": projoError("task.not_found"),
});
export const title = async (): Promise<string> => (await client.tasks.get({ id: "t" })).title;
export const names = (): string[] => client.calls.map(({ operation }) => operation);
