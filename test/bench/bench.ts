/**
 * `npm run bench -- list [--quick] [--json] [--server dist/server/main.js]`
 *
 * Exit code 1 when a bar is missed. CPU for a request hardly depends on what else the machine does; requests per
 * second do.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchList } from './list.js';
import { toTable } from './report.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'dist/server/main.js' },
  },
});

async function main(): Promise<number> {
  if (positionals.join(' ') !== 'list') return complain('Usage: npm run bench -- list [--quick] [--json]');
  if (process.platform !== 'linux') return complain("CPU times are read from Linux's /proc.");
  if (!existsSync(values.server)) return complain(`${values.server} is not there: run npm run build first.`);
  const lines = await benchList({ quick: values.quick, main: values.server });
  process.stdout.write(`${values.json ? JSON.stringify(lines, null, 2) : toTable(lines)}\n`);
  return lines.some((line) => line.missed) ? 1 : 0;
}

function complain(problem: string): number {
  process.stderr.write(`${problem}\n`);
  return 2;
}

process.exitCode = await main();
