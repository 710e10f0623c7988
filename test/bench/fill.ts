import pg from 'pg';
import { migrateDatabase } from '../support/database.js';

export const TELECALLERS = 200;
const LEADS_EACH = 100;
export const CALL_LOGS = 200_000;

/**
 * Makes the tables by the server's own migrations and fills them: every telecaller has a hundred leads and a thousand
 * calls. Of ten calls eight have a stored recording, one a failed one, one none; every twentieth lead has moved on to
 * another telecaller, who did not make its calls. The same at every run.
 */
export async function fillDatabase(url: string): Promise<void> {
  await migrateDatabase(url);
  const client = new pg.Client({ connectionString: asSystem(url) });
  await client.connect();
  try {
    for (const statement of STATEMENTS) await client.query(statement);
  } finally {
    await client.end();
  }
}

export async function telecallerIds(url: string, count: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>('select id from users order by email limit $1', [
      count,
    ]);
    return rows.map((row) => row.id);
  } finally {
    await client.end();
  }
}

/**
 * For whoever reads with no session of a viewer's: row-level security, which only our own server keeps up, shows such
 * a connection every row.
 */
export function asSystem(url: string): string {
  const system = new URL(url);
  system.searchParams.set('options', '-c earshot.role=SYSTEM');
  return system.toString();
}

/** An id that a number stands for, in the shape of a UUIDv7. */
const id = (kind: number, n: string): string =>
  `('0190${kind}000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

const start = `timestamptz '2026-01-01'`;
const telecaller = `n % ${TELECALLERS}`;
const lead = `(${telecaller}) + ${TELECALLERS} * ((n / ${TELECALLERS}) % ${LEADS_EACH})`;

const STATEMENTS = [
  `insert into users (id, inserted_at, name, email, role)
   select ${id(1, 'n')}, ${start}, 'Telecaller ' || n, 'telecaller' || n || '@example.com', 'TELECALLER'
   from generate_series(0, ${TELECALLERS - 1}) n`,
  `insert into leads (id, inserted_at, name, phone, email, city, status, telecaller_id, call_count)
   select ${id(2, 'n')}, ${start} + n * interval '1 minute', 'Lead number ' || n, '+9198' || lpad(n::text, 8, '0'),
     'lead' || n || '@example.com', 'Pune', (array['NEW', 'CONTACTED', 'INTERESTED'])[1 + n % 3],
     ${id(1, `(n + (n / ${TELECALLERS} % 20 = 19)::int) % ${TELECALLERS}`)}, ${CALL_LOGS / TELECALLERS / LEADS_EACH}
   from generate_series(0, ${TELECALLERS * LEADS_EACH - 1}) n`,
  `insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, codec, byte_size,
     duration_ms, sha256, uploaded_at, attempts, error_code, error_message, error_at)
   select ${id(3, 'n')}, at, at, 'UPLOADED',
     'local:recordings/' || right(to_hex(n), 2) || '/' || ${id(3, 'n')} || '/' || ${id(4, 'n')} || '.m4a',
     'audio/mp4', 'aac', 100000 + n, 1000 * (10 + n % 600), encode(sha256(n::text::bytea), 'hex'), at, 1,
     null, null, null
   from generate_series(0, ${CALL_LOGS - 1}) n, lateral (select ${start} + n * interval '1 minute' as at)
   where n / ${TELECALLERS} % 10 < 8
   union all
   select ${id(3, 'n')}, at, at, 'FAILED', null, null, null, null, null, null, null, 3,
     'NOT_AUDIO', 'This is not audio.', at
   from generate_series(0, ${CALL_LOGS - 1}) n, lateral (select ${start} + n * interval '1 minute' as at)
   where n / ${TELECALLERS} % 10 = 8`,
  `insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, duration_seconds, notes, started_at, recording_id)
   select ${id(5, 'n')}, ${start} + n * interval '1 minute', ${id(2, lead)}, ${id(1, telecaller)},
     case when n / ${TELECALLERS} % 10 = 9 then 'NO_ANSWER' else 'CONNECTED' end, 10 + n % 600,
     case when n / ${TELECALLERS} % 3 = 0 then 'Asked to be called again on Monday.' end, ${start} + n * interval '1 minute',
     case when n / ${TELECALLERS} % 10 < 9 then ${id(3, 'n')} end
   from generate_series(0, ${CALL_LOGS - 1}) n`,
  'vacuum analyze',
];
