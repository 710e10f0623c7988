/** The floor: node:http, one statement, JSON.stringify. It knows one operation and parses no GraphQL. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { readPage, type CallLogRow } from './shared/call-logs.ts';
import { playbackLink } from './shared/playback-link.ts';
import { ready, settings } from './shared/settings.ts';
import { authenticator } from './shared/viewer.ts';

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const viewerOf = authenticator(pool);

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const viewer = await viewerOf(req.headers.authorization);
  const { variables } = (await readBody(req)) as { variables: { first: number; after?: string } };
  const { rows, pageInfo } = await readPage(pool, viewer.id, variables.first, variables.after);
  const nodes = rows.map((row) => toCallLog(row, viewer.id));
  const body = JSON.stringify({ data: { callLogs: { nodes, pageInfo } } });
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}

function toCallLog(row: CallLogRow, viewer: string) {
  return {
    id: row.id,
    startedAt: row.started_at,
    outcome: row.outcome,
    durationSeconds: row.duration_seconds,
    notes: row.notes,
    lead: { id: row.lead_id, name: row.lead_name, phone: row.lead_phone, status: row.lead_status },
    recording: row.recording_id === null ? null : toRecording(row, row.recording_id, viewer),
  };
}

function toRecording(row: CallLogRow, id: string, viewer: string) {
  const { recording_status: status, recording_duration_ms: durationMs, recording_path: recordingPath } = row;
  return { id, status, durationMs, url: playbackLink({ id, status, recordingPath }, viewer, 900) };
}

async function readBody(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

createServer((req, res) => {
  answer(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
}).listen(settings.port, settings.host, ready);
