// Loaded before a program: when it ends, the last line on its standard error says the most memory that it held. The
// system's own figure would do, were it not that it begins with what the parent held.
let most = 0;
const look = () => (most = Math.max(most, process.memoryUsage.rss()));
setInterval(look, 20).unref();
process.on("exit", () => process.stderr.write(`\n${JSON.stringify({ peakBytes: look() })}\n`));
