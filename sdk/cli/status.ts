import { parseArgs } from 'node:util';
import type { Migration } from '../core/index.js';
import type { Command } from './command.js';
import { EXIT } from './exit-code.js';
import { count } from './format.js';
import { countsText, paceText, planText, statusText } from './run-text.js';
import { onlyRun } from './positional.js';

const LATEST = 10;

export const status: Command = async (args, { client, output }) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const id = positionals.length === 0 ? undefined : onlyRun(positionals);
  const earshot = client();
  const runs =
    id === undefined ? (await earshot.migrations({ first: LATEST })).nodes : [await earshot.migration(id)];
  const text = (run: Migration): string => (id === undefined ? lineOf(run) : describe(run));
  for (const run of runs) output.write(values.json ? `${JSON.stringify(run)}\n` : text(run));
  if (runs.length === 0 && !values.json) output.write('There was no run yet.\n');
  return EXIT.success;
};

function lineOf(run: Migration): string {
  const kind = run.dryRun ? 'dry run' : 'run';
  const plan = run.plan ? `  ${count(run.plan.calls)} calls to go through\n` : undefined;
  return `${run.id}  ${kind} of ${run.createdAt}  ${statusText(run)}\n${plan ?? progressLine(run)}`;
}

function describe(run: Migration): string {
  return run.plan ? planText(run.plan) : lineOf(run);
}

function progressLine(run: Migration): string {
  const pace = paceText(run);
  return `  ${countsText(run)}${pace === '' ? '' : `  (${pace})`}\n`;
}
