// Loaded into a program with --import. When the program exits, it prints its peak memory as the last line on standard error.
// The peak that the operating system reports would include the memory of the parent process before exec.
let most = 0;
const look = () => (most = Math.max(most, process.memoryUsage.rss()));
setInterval(look, 20).unref();
process.on("exit", () => process.stderr.write(`\n${JSON.stringify({ peakBytes: look() })}\n`));
