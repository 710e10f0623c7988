import type { TestDatabase } from './database.js';

/** How much there is, and how many people share it. */
export const LARGE = { leads: 50_000, callLogs: 200_000, catiCalls: 200_000, people: 50 } as const;

/** The nth telecaller or interviewer. */
export const personId = (role: 'TELECALLER' | 'INTERVIEWER', n: number): string =>
  `01900000-000${role === 'TELECALLER' ? 1 : 2}-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The nth lead's id. */
export const leadId = (n: number): string => `01900000-0003-7000-8000-${n.toString(16).padStart(12, '0')}`;

const id = (table: number, n: string): string =>
  `('01900000-000${table}-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
/** Two years of work, in the order in which it was written down; a second is shared by several calls. */
const at = (n: string, of: number): string =>
  `timestamptz '2024-01-01T00:00:00Z' + (${n})::float8 / ${of} * interval '730 days' - (${n} % 7) * interval '90 ms'`;
/** A copying under way: what is older than a quarter is stored or gone, of the rest a part waits. */
const status = `case when n > 175000 then (array['EXPECTED', 'UPLOADED', 'UPLOADED', 'PENDING', 'UPLOADED', 'UPLOADED', 'UPLOADED', 'FAILED'])[1 + n / 3 % 8]
  when n / 17 % 500 = 0 then 'FAILED' when n / 19 % 10 = 2 then 'DELETED' else 'UPLOADED' end`;

const recordings = (table: number, from: string, to: number, expires: string): string => `
  insert into recordings (id, inserted_at, updated_at, status, recording_path, content_type, codec, byte_size,
    duration_ms, sha256, uploaded_at, source_expires_at, error_code, error_message, error_at, flags)
  select ${id(table, 'n')}, at, at, status, 'local:recordings/00/' || n || '/x.mp3', 'audio/mpeg', 'mp3', 1, 60000,
    md5(n::text) || md5(n::text), at, ${expires},
    case status when 'FAILED' then 'SOURCE_TIMEOUT' when 'DELETED' then 'GONE_AT_SOURCE' end, 'why',
    at, case when n / 13 % 20 = 3 then array['SILENT'] else '{}' end
  from (select n, ${status} as status, ${at('n', to)} as at from generate_series(${from}, ${to}) n) made`;

const { leads, callLogs, catiCalls, people } = LARGE;

const STATEMENTS: readonly string[] = [
  ...(['TELECALLER', 'INTERVIEWER'] as const).map(
    (role, index) => `
    insert into users (id, inserted_at, name, email, role)
    select ${id(index + 1, 'n')}, now(), '${role} ' || n, lower('${role}') || n || '@large.example.com', '${role}'
    from generate_series(0, ${people - 1}) n`,
  ),
  // Names in no order, some of them the same; every fifth lead was never called.
  `insert into leads (id, inserted_at, name, phone, email, city, status, telecaller_id, call_count, last_contacted_at)
   select ${id(3, 'n')}, ${at('n', leads)}, initcap(translate(left(md5((n % 45000)::text), 12), '0123456789', 'ghijklmnop')),
     '+9198' || lpad((n * 7919 % 100000000)::text, 8, '0'), 'lead' || n || '@example.com', 'Pune',
     (array['NEW', 'CONTACTED', 'INTERESTED', 'NOT_INTERESTED', 'ENROLLED', 'LOST'])[1 + n / 50 % 6],
     ${id(1, `(n % ${people})`)}, 4, case when n / 50 % 5 > 0 then ${at('(n * 7 % 50000)', leads)} end
   from generate_series(0, ${leads - 1}) n`,
  recordings(4, '1', callLogs, 'null'),
  `insert into call_logs (id, inserted_at, lead_id, telecaller_id, outcome, duration_seconds, notes, started_at, recording_id)
   select ${id(5, 'n')}, ${at('n', callLogs)} + interval '1 minute', ${id(3, `(n % ${leads})`)}, ${id(1, `(n % ${leads} % ${people})`)},
     (array['CONNECTED', 'NO_ANSWER', 'BUSY', 'INVALID_NUMBER'])[1 + n / 7 % 4], n % 600, 'Wants to know more about the fees.',
     ${at('n', callLogs)}, case when n % 5 < 3 then ${id(4, 'n')} end
   from generate_series(1, ${callLogs}) n`,
  recordings(6, '1', catiCalls, `at + interval '90 days'`),
  `insert into cati_calls (id, inserted_at, provider, call_id, status, status_code, campaign, interviewer_id, from_number,
     to_number, started_at, ended_at, talk_seconds, recording_id)
   select ${id(7, 'n')}, ${at('n', catiCalls)} + interval '5 seconds', case when n / 11 % 25 = 0 then 'twilio' else 'deepcall' end, 'CALL' || n,
     (array['COMPLETED', 'NO_ANSWER', 'BUSY', 'FAILED'])[1 + n / 7 % 4], '3', 'Campaign ' || n / 8000,
     ${id(2, `(n % ${people})`)}, '+911140000000', '+9197' || lpad((n * 7919 % 100000000)::text, 8, '0'),
     case when n % 10 > 0 then ${at('n', catiCalls)} end, ${at('n', catiCalls)} + interval '3 minutes', 180, ${id(6, 'n')}
   from generate_series(1, ${catiCalls}) n`,
];

const TABLES = ['leads', 'recordings', 'call_logs', 'cati_calls'];

/** What is made again when the rows are in: each as the statement that drops it and the one that makes it. */
const KEPT = `
  select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
  from pg_constraint where contype = 'f' and conrelid = any($1::regclass[])
  union all
  select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
  from pg_index where indrelid = any($1::regclass[]) and not exists (
    select from pg_constraint where conindid = indexrelid)`;

/**
 * Fills an empty database, in under 15 seconds on two cores, and lets the planner know. What triggers would tell or
 * count of each row is left out; references are checked, and indexes built, all at once at the end.
 */
export async function fillLarge(database: TestDatabase): Promise<void> {
  const kept = await database.query<{ drop: string; make: string }>(KEPT, [TABLES]);
  for (const table of TABLES) await database.query(`alter table ${table} disable trigger user`);
  for (const { drop } of kept) await database.query(drop);
  for (const statement of STATEMENTS) await database.query(statement);
  for (const { make } of kept) await database.query(make);
  for (const table of TABLES) await database.query(`alter table ${table} enable trigger user`);
  await database.query(`vacuum analyze users, ${TABLES.join(', ')}`);
}
