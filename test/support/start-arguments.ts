import { readFileSync } from 'node:fs';

interface StartArguments {
  /** Node's and V8's own. */
  flags: string[];
  /** From the project's folder: the file that `npm run build` made. */
  main: string;
}

/** What `npm start` gives to node. */
export function startArguments(): StartArguments {
  const file = new URL('../../package.json', import.meta.url);
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: { start: string } };
  const [command, program, ...rest] = scripts.start.split(' ');
  const main = rest.pop();
  if (command !== 'exec' || program !== 'node' || main === undefined)
    throw new Error('npm start must replace the shell by node');
  return { flags: rest, main };
}
