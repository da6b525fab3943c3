// The package is ESM; this says that its folder of CommonJS files is not.
import { writeFileSync } from "node:fs";

writeFileSync("dist/cjs/package.json", '{ "type": "commonjs" }\n');
