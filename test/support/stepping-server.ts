/**
 * A whole server that stands still for ever at one step of its work, for a test to kill it there: `STOP_AT` names the
 * step, as `after put recordings/`. Real servers know nothing of steps: only the store is wrapped.
 */
import { createApp } from '../../server/app.js';
import { loadConfig } from '../../server/config.js';
import { openStorage } from '../../server/storage/open-storage.js';
import { stoppingAt } from './stopping-storage.js';

const config = loadConfig();
const storage = await openStorage(config.storage);
const app = await createApp(config, { storage: stoppingAt(process.env['STOP_AT'] ?? '', storage) });
process.stdout.write(`Earshot is ready.  GraphQL: ${app.url}/graphql   Health: ${app.url}/readyz\n`);
