import { loadConfig } from '../config.js';
import { migrate, openDatabase } from '../database.js';
import { seedDemo } from '../demo/demo-data.js';
import { openStorage } from '../storage/open-storage.js';
import { runCommand } from './run-command.js';

/** `npm run seed`: demo data for an empty DATABASE_URL. The embedded database gets it at its first start. */
await runCommand(async () => {
  const { database, storage: storageConfig } = loadConfig();
  if (database.kind === 'embedded')
    return 'The embedded database is seeded by npm start. Set DATABASE_URL to seed another one.';
  await using storage = await openStorage(storageConfig);
  const orm = await openDatabase({ url: database.url, poolSize: 2 });
  try {
    await migrate(orm);
    return (await seedDemo(orm, storage))
      ? 'Demo data written.'
      : 'There are users already: nothing was written.';
  } finally {
    await orm.close();
  }
});
