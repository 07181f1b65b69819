// Says of PowerShell files whether they can be parsed: "FILE true" or "FILE false".
import fs from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(process.env.YINGZAO_TREE_SITTER + '/');
const { Parser, Language } = require('web-tree-sitter');
await Parser.init();
const language = await Language.load(require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-powershell.wasm'));
const parser = new Parser();
parser.setLanguage(language);
for (const name of process.argv.slice(2)) {
  console.log(name, !parser.parse(fs.readFileSync(name, 'utf8')).rootNode.hasError);
}
