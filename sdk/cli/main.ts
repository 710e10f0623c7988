import { existsSync } from 'node:fs';
import { BadRequestError, EarshotError, InvalidInputError, SDK_VERSION } from '../core/index.js';
import type { Command } from './command.js';
import { connect } from './connection.js';
import { EXIT } from './exit-code.js';
import { Interrupts } from './interrupts.js';
import { report } from './report.js';
import { migrate, resume, retry } from './run-commands.js';
import { status } from './status.js';
import { HELP, UsageError } from './usage.js';

/** Works with the server's own configuration and storage; the package alone, without a server, has no such file. */
const S3_COMMAND = new URL('../../../dist/server/commands/s3.js', import.meta.url);

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['migrate', migrate],
  ['retry', retry],
  ['resume', resume],
  ['status', status],
  ['report', report],
]);

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || (name !== 's3' && args.includes('--help'))) {
    process.stdout.write(HELP);
    return name === undefined ? EXIT.usage : EXIT.success;
  }
  if (name === '--version') {
    process.stdout.write(`${SDK_VERSION}\n`);
    return EXIT.success;
  }
  if (name === 's3') return s3();
  const command = COMMANDS.get(name);
  if (!command) throw new UsageError(`There is no command ${name}.`);
  const interrupts = new Interrupts(() => process.exit(EXIT.interrupted));
  process.on('SIGINT', interrupts.signal);
  return command(args, { client: () => connect(process.env), output: process.stdout, interrupts });
}

/** Answers the exit code that the command has set. */
async function s3(): Promise<number> {
  if (!existsSync(S3_COMMAND)) {
    throw new UsageError(
      's3 works with the configuration of a server: call it in the folder of that server.',
    );
  }
  process.argv.splice(2, 1);
  await import(S3_COMMAND.href);
  return Number(process.exitCode ?? EXIT.success);
}

function fail(error: unknown): number {
  const usage = isUsage(error);
  const { message } = error as Error;
  const code = error instanceof EarshotError ? error.code : undefined;
  const requestId = error instanceof EarshotError ? error.requestId : undefined;
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ type: 'error', code, message, requestId })}\n`);
  } else {
    process.stderr.write(`earshot: ${message}${requestId === undefined ? '' : ` (request ${requestId})`}\n`);
    if (usage) process.stderr.write('Try: npx earshot --help\n');
  }
  return usage ? EXIT.usage : EXIT.fault;
}

/** What was typed is wrong: as we, parseArgs or the server found. */
function isUsage(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof InvalidInputError || error instanceof BadRequestError) {
    return true;
  }
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}

// Whoever reads may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.success : EXIT.fault);
});
process.exitCode = await main(process.argv.slice(2)).catch(fail);
