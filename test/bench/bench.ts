/**
 * `npm run bench -- list|uploads|migration [--quick] [--json] [--server dist/server/main.js]`
 *
 * Exit code 1 when a bar is missed. CPU for a request hardly depends on what else the machine does; requests per
 * second do.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchList } from './list.js';
import { migrationTable } from './migration-report.js';
import { benchMigration } from './migration.js';
import { toTable } from './report.js';
import { benchUploads } from './uploads.js';
import { uploadsTable } from './uploads-report.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    server: { type: 'string', default: 'dist/server/main.js' },
  },
});

interface Options {
  quick: boolean;
  /** Our server's built entry. */
  main: string;
}

/** What it measured, as lines and as a table. */
interface Outcome {
  lines: readonly { missed: boolean }[];
  table: string;
}

const BENCHES: Readonly<Record<string, (options: Options) => Promise<Outcome>>> = {
  list: async (options) => {
    const lines = await benchList(options);
    return { lines, table: toTable(lines) };
  },
  migration: async (options) => {
    const lines = await benchMigration(options);
    return { lines, table: migrationTable(lines) };
  },
  uploads: async (options) => {
    const lines = await benchUploads(options);
    return { lines, table: uploadsTable(lines) };
  },
};

async function main(): Promise<number> {
  const bench = BENCHES[positionals.join(' ')];
  if (!bench) return complain(`Usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--quick] [--json]`);
  if (process.platform !== 'linux') return complain("CPU times are read from Linux's /proc.");
  if (!existsSync(values.server)) return complain(`${values.server} is not there: run npm run build first.`);
  const { lines, table } = await bench({ quick: values.quick, main: values.server });
  process.stdout.write(`${values.json ? JSON.stringify(lines, null, 2) : table}\n`);
  return lines.some((line) => line.missed) ? 1 : 0;
}

function complain(problem: string): number {
  process.stderr.write(`${problem}\n`);
  return 2;
}

process.exitCode = await main();
