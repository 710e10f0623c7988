import { Kind, parse } from 'graphql';
import { DocumentMeter } from '../../server/http/document-cost.js';
import { DOCUMENT_LIMITS } from '../../server/http/document-limits.js';
import { createSchema } from '../../server/schema.js';
import * as ofConsole from '../../console/src/generated/operations.js';
import * as ofSdk from '../../sdk/core/generated/operations.js';

const schema = await createSchema();
/** What the largest page of each may cost. */
const variables = { first: 200, last: 200 };

const operations = [ofSdk, ofConsole]
  .flatMap((generated) => Object.entries<unknown>(generated))
  .filter(([name]) => name.endsWith('Document'))
  .map(([name, text]) => [name, String(text)] as const);

it('there are some', () => {
  expect(operations.length).toBeGreaterThan(40);
});

it.each(operations)('%s of the SDK or the console is allowed, its largest page too', (_name, text) => {
  const document = parse(text);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('an operation comes first');
  const cost = new DocumentMeter(schema, document, variables).operation(operation);
  for (const [name, value] of Object.entries(cost) as [keyof typeof cost, number][])
    expect([name, value <= DOCUMENT_LIMITS[name]]).toEqual([name, true]);
});
