import { setTimeout as delay } from "node:timers/promises";
import { repeated, type Fault } from "./fault.ts";

const ABSENT_MS = 4_000;

export const redisKilled: Fault = {
  name: "redis-sigkill",
  title: "SIGKILL of Redis, which returns after 4 s",
  expected: "no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 2, quick: 1 }),
  strike: async ({ redis }) => {
    redis.hold();
    await redis.end("SIGKILL");
    await delay(ABSENT_MS);
    redis.start();
    return [];
  },
};

export const redisStopped: Fault = {
  name: "redis-sigstop",
  title: "SIGSTOP of Redis for 4 s",
  expected: "no failed SDK call",
  failedCalls: "none",
  steps: repeated({ full: 2, quick: 1 }),
  strike: async ({ redis }) => {
    redis.signal("SIGSTOP");
    await delay(ABSENT_MS);
    redis.signal("SIGCONT");
    return [];
  },
};
