import { createApp, type App } from './app.js';
import { loadConfig, type Config } from './config.js';
import { databaseFault } from './database-fault.js';
import { DEMO_PASSWORD, DEMO_USERS } from './demo/demo-people.js';
import { StartupError } from './startup-error.js';

/** npm passes a signal on that the terminal sent already: the same wish, not a second one. */
const SAME_WISH_MS = 5000;

async function main(): Promise<void> {
  const stopped = signalled();
  // Whoever read the output may leave before we do (`npm start | head`): no reason to end without a shutdown.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  const config = loadConfig();
  const app = await createApp(config).catch((error: unknown) => {
    throw startFault(error, config);
  });
  announce(app, config);
  await stopped;
  process.stdout.write('Shutting down …\n');
  await app.close();
}

function startFault(error: unknown, { database }: Config): unknown {
  return database.kind === 'external' ? (databaseFault(error, database.url) ?? error) : error;
}

function announce({ url, notices }: App, { demo, sandbox, roles }: Config): void {
  const lines = [`Earshot is ready.  GraphQL: ${url}/graphql   Health: ${url}/readyz`, ...notices];
  if (sandbox && roles.api) lines.push(`Explorer: ${url}/   (offline: ${url}/graphiql)`);
  if (demo) {
    const [admin] = DEMO_USERS;
    lines.push(
      `Sign in as ${admin?.email} (or manager@, agent@, interviewer@, telecaller@, telecaller2@), password ${DEMO_PASSWORD}`,
    );
    lines.push('Try it: npm run demo (in another terminal)');
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Resolves at the first SIGINT or SIGTERM. One that comes later, while the shutdown hangs, ends the process at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (): void => {
      first ??= Date.now();
      resolve();
      if (Date.now() - first > SAME_WISH_MS) process.exit(1);
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(
      error instanceof StartupError
        ? `${error.message}\n`
        : `${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  },
);
