import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
const user = randomUUID();
const lead = randomUUID();
const recording = randomUUID();

beforeAll(async () => {
  database = await createDatabase();
  await insert('users', { id: user });
  await insert('leads', { id: lead, telecaller_id: user });
  await insert('recordings', { id: recording });
});

afterAll(() => database[Symbol.asyncDispose]());

type Row = Record<string, unknown>;

/** A row that is well as it stands. */
const WELL: Record<string, () => Row> = {
  users: () => ({ name: 'Tara', email: `${randomUUID()}@example.com`, role: 'TELECALLER' }),
  leads: () => ({ name: 'Asha', phone: '+919876543210' }),
  recordings: () => ({ updated_at: new Date(), status: 'EXPECTED' }),
  call_logs: () => ({ lead_id: lead, telecaller_id: user, outcome: 'BUSY', started_at: new Date() }),
  cati_calls: () => ({ provider: 'deepcall', call_id: randomUUID(), status: 'COMPLETED' }),
};

async function insert(table: string, changed: Row = {}): Promise<void> {
  const row = { id: randomUUID(), inserted_at: new Date(), ...WELL[table]?.(), ...changed };
  const names = Object.keys(row);
  await database.query(
    `insert into ${table} (${names.join(', ')}) values (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
    Object.values(row),
  );
}

const CHECK = '23514';
const FOREIGN_KEY = '23503';
const UNIQUE = '23505';
const NOT_NULL = '23502';
const TOO_LONG = '22001';

const stored = { recording_path: 'local:x', byte_size: 1, sha256: '0'.repeat(64), uploaded_at: new Date() };

it.each<[string, Row]>([
  ['users', {}],
  ['leads', { telecaller_id: null, status: 'LOST' }],
  ['recordings', { recording_path: `s3:${'x'.repeat(497)}` }],
  ['recordings', { ...stored, status: 'UPLOADED' }],
  ['call_logs', { duration_seconds: 0 }],
  ['call_logs', { recording_id: null, notes: 'n'.repeat(5000) }],
  ['cati_calls', { talk_seconds: 0 }],
])('%s takes %j', async (table, changed) => {
  await expect(insert(table, changed)).resolves.toBeUndefined();
});

it.each<[string, Row, string, string | undefined]>([
  ['users', { role: 'OWNER' }, CHECK, 'users_role_check'],
  ['users', { email: 'Tara@example.com' }, CHECK, 'users_email_check'],
  ['leads', { status: 'OLD' }, CHECK, 'leads_status_check'],
  ['leads', { call_count: -1 }, CHECK, 'leads_call_count_check'],
  ['leads', { telecaller_id: randomUUID() }, FOREIGN_KEY, 'leads_telecaller_id_foreign'],
  ['leads', { name: null }, NOT_NULL, undefined],
  ['recordings', { status: 'LOST' }, CHECK, 'recordings_status_check'],
  ['recordings', { error_code: 'WHATEVER' }, CHECK, 'recordings_error_code_check'],
  ['recordings', { recording_path: `s3:${'x'.repeat(498)}` }, TOO_LONG, undefined],
  ['recordings', { byte_size: -1 }, CHECK, 'recordings_byte_size_check'],
  ['recordings', { duration_ms: -1 }, CHECK, 'recordings_duration_ms_check'],
  ['recordings', { status: 'UPLOADED' }, CHECK, 'recordings_uploaded_check'],
  ['recordings', { ...stored, status: 'UPLOADED', sha256: null }, CHECK, 'recordings_uploaded_check'],
  ['call_logs', { outcome: 'MAYBE' }, CHECK, 'call_logs_outcome_check'],
  ['call_logs', { outcome: null }, NOT_NULL, undefined],
  ['call_logs', { duration_seconds: -1 }, CHECK, 'call_logs_duration_seconds_check'],
  ['call_logs', { lead_id: randomUUID() }, FOREIGN_KEY, 'call_logs_lead_id_foreign'],
  ['call_logs', { telecaller_id: randomUUID() }, FOREIGN_KEY, 'call_logs_telecaller_id_foreign'],
  ['call_logs', { recording_id: randomUUID() }, FOREIGN_KEY, 'call_logs_recording_id_foreign'],
  ['call_logs', { notes: 'n'.repeat(5001) }, TOO_LONG, undefined],
  ['cati_calls', { status: 'TALKING' }, CHECK, 'cati_calls_status_check'],
  ['cati_calls', { talk_seconds: -1 }, CHECK, 'cati_calls_talk_seconds_check'],
  ['cati_calls', { interviewer_id: randomUUID() }, FOREIGN_KEY, 'cati_calls_interviewer_id_foreign'],
])('%s refuses %j', async (table, changed, code, constraint) => {
  await expect(insert(table, changed)).rejects.toMatchObject(constraint ? { code, constraint } : { code });
});

it.each<[string, Row, string]>([
  ['users', { email: 'twice@example.com' }, 'users_email_unique'],
  ['call_logs', { recording_id: recording }, 'call_logs_recording_id_unique'],
  ['call_logs', { telecaller_id: user, idempotency_key: 'twice' }, 'call_logs_idempotency_key_unique'],
  ['cati_calls', { call_id: 'twice' }, 'cati_calls_call_id_unique'],
  ['cati_calls', { recording_id: recording }, 'cati_calls_recording_id_unique'],
])('%s takes %j once', async (table, changed, constraint) => {
  await insert(table, changed);
  await expect(insert(table, changed)).rejects.toMatchObject({ code: UNIQUE, constraint });
});

it.each(['users', 'leads', 'recordings'])('what calls hang on is not deleted: %s', async (table) => {
  await insert('call_logs', { recording_id: table === 'recordings' ? await another() : null });
  await expect(database.query(`delete from ${table}`)).rejects.toMatchObject({ code: '23001' });
});

async function another(): Promise<string> {
  const id = randomUUID();
  await insert('recordings', { id });
  return id;
}

it.each([
  ['call_logs', ['lead_id', 'started_at', 'id']],
  ['call_logs', ['telecaller_id', 'started_at', 'id']],
  ['call_logs', ['started_at', 'id']],
  ['call_logs', ['inserted_at', 'id']],
  ['call_logs', ['recording_id']],
  ['leads', ['telecaller_id', 'inserted_at', 'id']],
  ['leads', ['inserted_at', 'id']],
  ['leads', ['telecaller_id', 'contact_order', 'id']],
  ['leads', ['telecaller_id', 'name', 'id']],
  ['leads', ['contact_order', 'id']],
  ['leads', ['name', 'id']],
  ['call_logs', ['telecaller_id', 'inserted_at', 'id']],
  ['cati_calls', ['interviewer_id', 'began_at', 'id']],
  ['cati_calls', ['provider', 'began_at', 'id']],
  ['cati_calls', ['campaign', 'began_at', 'id']],
  ['cati_calls', ['began_at', 'id']],
  ['cati_calls', ['call_id', 'provider']],
  ['cati_calls', ['recording_id']],
  ['recordings', ['sha256']],
])('%s has an index on %j', async (table, columns) => {
  const rows = await database.query<{ columns: string[] }>(
    `select array_agg(a.attname::text order by k.n) as columns
     from pg_index i
     cross join unnest(i.indkey::int2[]) with ordinality k(attnum, n)
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indrelid = $1::regclass group by i.indexrelid`,
    [table],
  );
  expect(rows.map((row) => row.columns)).toContainEqual(columns);
});

it('every time of ours is kept to the millisecond, as cursors are', async () => {
  const rows = await database.query(
    `select table_name, column_name, data_type, datetime_precision from information_schema.columns
     where table_schema = 'public' and data_type like 'timestamp%' and table_name not like '%migrations'
       and (data_type <> 'timestamp with time zone' or datetime_precision <> 3)`,
  );
  expect(rows).toEqual([]);
});
