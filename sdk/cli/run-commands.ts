import { parseArgs } from 'node:util';
import type { StartMigrationInput } from '../core/index.js';
import type { Command, Context } from './command.js';
import { EXIT } from './exit-code.js';
import { follow } from './follow.js';
import { onlyRun } from './positional.js';
import { ALL_CODES, runOptions, type RunOptions } from './run-options.js';
import { viewFor } from './run-view.js';

export const migrate: Command = (args, context) => start(runOptions(args), {}, context);

/** Every recording that has failed in some way, unless some ways are named. */
export const retry: Command = (args, context) => start(runOptions(args), { onlyErrors: ALL_CODES }, context);

async function start(
  { input, json, detach }: RunOptions,
  defaults: StartMigrationInput,
  { client, output, interrupts }: Context,
): Promise<number> {
  const earshot = client();
  const run = await earshot.startMigration({ ...defaults, ...input });
  const view = viewFor(output, json);
  if (detach) {
    if (json) view.end(run, EXIT.success);
    else output.write(`${run.id}\n`);
    return EXIT.success;
  }
  if (!run.dryRun) view.note(`Run ${run.id}`);
  return follow(earshot, run, view, interrupts);
}

export const resume: Command = async (args, { client, output, interrupts }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const id = onlyRun(positionals);
  const earshot = client();
  const run = await earshot.resumeMigration(id);
  return follow(earshot, run, viewFor(output, values.json), interrupts);
};
