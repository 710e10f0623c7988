/** mercurius with graphql-jit: the whole page by one hand-written statement, links signed when they are selected. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';
import { readPage, type CallLogRow } from './shared/call-logs.ts';
import { playbackLink, type Recording } from './shared/playback-link.ts';
import { ready, settings } from './shared/settings.ts';
import { authenticator, type Viewer } from './shared/viewer.ts';

const schema = `
  scalar DateTime
  type Query { callLogs(first: Int = 50, after: String): CallLogConnection! }
  type CallLogConnection { nodes: [CallLog!]!, pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type CallLog {
    id: ID!, startedAt: DateTime!, outcome: String!, durationSeconds: Int, notes: String
    lead: Lead!, recording: Recording
  }
  type Lead { id: ID!, name: String!, phone: String!, status: String! }
  type Recording { id: ID!, status: String!, durationMs: Int, url(expiresInSeconds: Int = 900): SignedUrl }
  type SignedUrl { url: String!, expiresAt: DateTime! }
`;

interface Context {
  viewer: Viewer;
}

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const viewerOf = authenticator(pool);

const resolvers = {
  Query: {
    callLogs: async (
      _root: unknown,
      { first, after }: { first: number; after?: string | null },
      { viewer }: Context,
    ) => {
      const { rows, pageInfo } = await readPage(pool, viewer.id, first, after);
      return { nodes: rows.map(toCallLog), pageInfo };
    },
  },
  Recording: {
    url: (recording: Recording, { expiresInSeconds }: { expiresInSeconds: number }, { viewer }: Context) =>
      playbackLink(recording, viewer.id, expiresInSeconds),
  },
};

function toCallLog(row: CallLogRow) {
  return {
    id: row.id,
    startedAt: row.started_at,
    outcome: row.outcome,
    durationSeconds: row.duration_seconds,
    notes: row.notes,
    lead: { id: row.lead_id, name: row.lead_name, phone: row.lead_phone, status: row.lead_status },
    recording: row.recording_id && {
      id: row.recording_id,
      status: row.recording_status,
      durationMs: row.recording_duration_ms,
      recordingPath: row.recording_path,
    },
  };
}

const app = fastify();
await app.register(mercurius, {
  schema,
  resolvers: resolvers as never,
  jit: 1,
  context: async (request) => ({ viewer: await viewerOf(request.headers.authorization) }),
});
await app.listen({ port: settings.port, host: settings.host });
ready();
