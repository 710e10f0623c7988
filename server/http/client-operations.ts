import { CLIENT_OPERATIONS } from './generated/client-operations.js';

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.values(CLIENT_OPERATIONS).map((text) => [text, nameOf(text)]),
);

/**
 * The name of an operation of the SDK or the console, by the whole text of the document: another text has none, whatever
 * it calls itself.
 */
export function clientOperation(document: string): string | undefined {
  return NAMES.get(document);
}

function nameOf(document: string): string {
  const name = /^\w+ (\w+)/.exec(document)?.[1];
  if (name === undefined) throw new Error('a client operation without a name');
  return name;
}
