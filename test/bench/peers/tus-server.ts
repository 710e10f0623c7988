/** @tus/server over its own file store, with Earshot's tokens. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import pg from 'pg';
import { ready, settings } from './shared/settings.ts';
import { authenticator } from './shared/viewer.ts';

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const viewerOf = authenticator(pool);

const tus = new Server({
  path: '/tus',
  datastore: new FileStore({ directory: join(process.env['EARSHOT_DATA_DIR'] ?? '', 'tus-server') }),
  onIncomingRequest: async (req) => {
    await viewerOf(req.headers.get('authorization'));
  },
});
createServer((req, res) => void tus.handle(req, res)).listen(settings.port, settings.host, ready);
