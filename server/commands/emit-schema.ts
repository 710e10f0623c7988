import { writeFile } from 'node:fs/promises';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { createSchema } from '../schema.js';

/** Writes schema.graphql, sorted so that a diff of it shows what changed and nothing else. */
const text = printSchema(lexicographicSortSchema(await createSchema()));
await writeFile(new URL('../../schema.graphql', import.meta.url), `${text}\n`);
