import { StartupError } from '../startup-error.js';

/** Runs one command to its end: its answer on standard output, a fault as one line on standard error and exit code 1. */
export async function runCommand(command: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await command()}\n`);
  } catch (error) {
    process.stderr.write(`${faultLine(error)}\n`);
    process.exitCode = 1;
  }
}

/** An operator's fault is one line; a defect shows its stack. */
export function faultLine(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error && error.stack !== undefined ? error.stack : String(error);
}
