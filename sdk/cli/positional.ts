import { UsageError } from './usage.js';

/** The one run that a command is about. */
export function onlyRun(positionals: readonly string[]): string {
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) {
    throw new UsageError('Name one run by its id; `earshot status` lists the latest.');
  }
  return id;
}
