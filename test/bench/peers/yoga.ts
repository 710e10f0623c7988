/** graphql-yoga over a Pothos schema; its drizzle plugin reads lead and recording with the page, in one statement. */
import { createServer } from 'node:http';
import SchemaBuilder from '@pothos/core';
import DrizzlePlugin from '@pothos/plugin-drizzle';
import RelayPlugin from '@pothos/plugin-relay';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { getTableConfig } from 'drizzle-orm/pg-core';
import { createYoga } from 'graphql-yoga';
import pg from 'pg';
import { playbackLink, type SignedUrl } from './shared/playback-link.ts';
import { ready, settings } from './shared/settings.ts';
import { authenticator, type Viewer } from './shared/viewer.ts';
import { relations } from './yoga-tables.ts';

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const viewerOf = authenticator(pool);
const db = drizzle({ client: pool, relations });

const builder = new SchemaBuilder<{
  DrizzleRelations: typeof relations;
  Context: { viewer: Viewer };
  Scalars: { DateTime: { Input: Date; Output: Date | string } };
}>({
  plugins: [RelayPlugin, DrizzlePlugin],
  relay: { nodesOnConnection: true },
  drizzle: { client: db, getTableConfig, relations },
});

builder.scalarType('DateTime', {
  serialize: (value) => (typeof value === 'string' ? value : value.toISOString()),
});

const SignedUrlRef = builder.objectRef<SignedUrl>('SignedUrl').implement({
  fields: (t) => ({
    url: t.exposeString('url', { nullable: false }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: false }),
  }),
});

const Lead = builder.drizzleObject('leads', {
  name: 'Lead',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    name: t.exposeString('name', { nullable: false }),
    phone: t.exposeString('phone', { nullable: false }),
    status: t.exposeString('status', { nullable: false }),
  }),
});

const RecordingRef = builder.drizzleObject('recordings', {
  name: 'Recording',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    status: t.exposeString('status', { nullable: false }),
    durationMs: t.exposeInt('durationMs'),
    url: t.field({
      type: SignedUrlRef,
      args: { expiresInSeconds: t.arg.int({ required: true, defaultValue: 900 }) },
      select: { columns: { id: true, status: true, recordingPath: true } },
      resolve: (recording, { expiresInSeconds }, { viewer }) =>
        playbackLink(recording, viewer.id, expiresInSeconds),
    }),
  }),
});

const CallLog = builder.drizzleObject('callLogs', {
  name: 'CallLog',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: false }),
    outcome: t.exposeString('outcome', { nullable: false }),
    durationSeconds: t.exposeInt('durationSeconds'),
    notes: t.exposeString('notes'),
    lead: t.relation('lead', { type: Lead }),
    recording: t.relation('recording', { type: RecordingRef }),
  }),
});

builder.queryType({
  fields: (t) => ({
    callLogs: t.drizzleConnection({
      type: CallLog,
      maxSize: 200,
      // The plugin's types do not see through drizzle's release candidate; the rows are what they should be.
      resolve: (query, _root, _args, { viewer }) =>
        db.query.callLogs.findMany(
          query({
            where: {
              telecallerId: viewer.id,
              RAW: (calls) =>
                sql`(select telecaller_id = ${viewer.id} from leads where leads.id = ${calls.leadId})`,
            },
            orderBy: { startedAt: 'desc', id: 'desc' },
          }),
        ) as never,
    }),
  }),
});

const yoga = createYoga({
  schema: builder.toSchema(),
  context: async ({ request }) => ({ viewer: await viewerOf(request.headers.get('authorization')) }),
  logging: 'error',
});
createServer(yoga).listen(settings.port, settings.host, ready);
