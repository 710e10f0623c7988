import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import type { ReportFormat } from '../core/index.js';
import type { Command } from './command.js';
import { EXIT } from './exit-code.js';
import { onlyRun } from './positional.js';
import { UsageError } from './usage.js';

const FORMATS: Readonly<Record<string, ReportFormat>> = { csv: 'CSV', ndjson: 'NDJSON' };

export const report: Command = async (args, { client, output }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { format: { type: 'string', default: 'csv' }, output: { type: 'string', short: 'o' } },
  });
  const format = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined;
  if (!format) throw new UsageError('--format must be csv or ndjson.');
  const { url } = await client().migrationReport(onlyRun(positionals), format);
  const body = await open(url);
  if (values.output === undefined) await pipeline(body, output, { end: false });
  else await save(body, values.output);
  return EXIT.success;
};

async function open(url: string): Promise<Readable> {
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new Error(`The report was refused with status ${response.status}.`);
  return Readable.from(response.body);
}

/** The file appears when it is whole. */
async function save(body: Readable, path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(body, createWriteStream(part));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
