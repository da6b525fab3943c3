import { defineFixture } from "./fixture.ts";

export const fixture = defineFixture("system", { operations: { health: { input: () => ({}) } } });
