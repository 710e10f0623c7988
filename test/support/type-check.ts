import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

/** What the compiler says of the folder with this tsconfig.json: nothing when all is well. */
export async function typeCheck(folder: string): Promise<string> {
  const run = promisify(execFile)(process.execPath, [TSC, '-p', folder], { timeout: 120_000 });
  return run.then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string }) => error.stdout || String(error),
  );
}
