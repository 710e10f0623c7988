import { loadConfig } from '../config.js';
import { migrate, openDatabase } from '../database.js';
import { runCommand } from './run-command.js';

/** `npm run migrate`: brings the schema of DATABASE_URL up to date. The server does the same when it starts. */
await runCommand(async () => {
  const { database } = loadConfig();
  if (database.kind === 'embedded')
    return 'The embedded database is migrated by npm start. Set DATABASE_URL to migrate another one.';
  const orm = await openDatabase({ url: database.url, poolSize: 2 });
  try {
    await migrate(orm);
    return 'The schema is up to date.';
  } finally {
    await orm.close();
  }
});
