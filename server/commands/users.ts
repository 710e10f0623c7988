import { UserAdmin } from '../auth/user-admin.js';
import { loadConfig } from '../config.js';
import { migrate, openDatabase } from '../database.js';
import { StartupError } from '../startup-error.js';
import { systemTransaction } from '../unit-of-work.js';
import { faultLine } from './run-command.js';
import { UsageError, usersCommand, USERS_USAGE } from './users-command.js';

/** `npm run users`: the people of DATABASE_URL. Exit code 0: done; 1: it cannot be done; 2: asked wrongly. */
try {
  const { database } = loadConfig();
  if (database.kind === 'embedded')
    throw new StartupError(
      'The embedded database has its demo users. Set DATABASE_URL to keep those of another one.',
    );
  const orm = await openDatabase({ url: database.url, poolSize: 2 });
  try {
    await migrate(orm);
    process.stdout.write(
      `${await usersCommand(process.argv.slice(2), new UserAdmin(systemTransaction(orm)))}\n`,
    );
  } finally {
    await orm.close();
  }
} catch (error) {
  const asked = error instanceof UsageError;
  process.stderr.write(asked ? `${error.message}\n\n${USERS_USAGE}\n` : `${faultLine(error)}\n`);
  process.exitCode = asked ? 2 : 1;
}
