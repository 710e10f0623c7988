import { startEmbeddedPostgres } from '../../server/postgres/embedded-postgres.js';

/** A process that owns a data directory until a signal ends it. Arguments: the directory, the durability. */
const [dataDir = '', durability] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({
  dataDir,
  durability: durability === 'test' ? 'test' : 'full',
});
process.stdout.write(`${postgres.url}\n`);
setInterval(() => undefined, 60_000);
