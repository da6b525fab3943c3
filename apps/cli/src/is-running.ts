/** Whether a process of this machine has that number, another user's too. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 is not sent; it asks whether one could be.
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
