import { runDrill } from "./drill.ts";

process.exitCode = await runDrill(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
