import { Person, storedCalls } from '../support/review-steps.js';
import { COUNTED, Statements } from '../support/statements.js';
import { TestApp } from '../support/test-app.js';

let app: TestApp;
let ann: Person;
let ben: Person;
let manager: Person;
let interviewer: Person;
let callId: string;
let recordingId: string;

interface Note {
  id: string;
  atMs: number;
  text: string;
  author: { id: string } | null;
}

beforeAll(async () => {
  app = await TestApp.start({ env: COUNTED });
  ann = await Person.create(app, 'QUALITY_AGENT');
  ben = await Person.create(app, 'QUALITY_AGENT');
  manager = await Person.create(app, 'MANAGER');
  interviewer = await Person.create(app, 'INTERVIEWER');
});
afterAll(() => app[Symbol.asyncDispose]());

beforeEach(async () => {
  [callId = ''] = await storedCalls(app, 1, { campaign: 'Notes', interviewer: interviewer.user });
  const call = await ann.read<{ recording: { id: string } }>(
    `catiCall(id: "${callId}") { recording { id } }`,
  );
  recordingId = call.recording.id;
});

const ADD = 'mutation ($input: AddRecordingNoteInput!) { addRecordingNote(input: $input) { note { id } } }';
const DELETE =
  'mutation ($input: DeleteRecordingNoteInput!) { deleteRecordingNote(input: $input) { note { id } } }';

async function add(person: Person, atMs: number, text: string): Promise<string> {
  const { data, code } = await person.ask<{ addRecordingNote: { note: { id: string } } }>(ADD, {
    input: { recordingId, atMs, text },
  });
  if (!data || code !== 'OK') throw new Error(code);
  return data.addRecordingNote.note.id;
}

const notesFor = (person: Person) =>
  person.read<Note[]>(`recordingNotes(recordingId: "${recordingId}") { id atMs text author { id } }`);
const texts = async (person: Person) => (await notesFor(person)).map(({ text }) => text);
const remove = async (person: Person, noteId: string) =>
  (await person.ask(DELETE, { input: { noteId } })).code;

it('stand in the order of the recording, with who wrote them', async () => {
  await add(ann, 30_000, 'second');
  await add(ben, 1500, ' first ');
  await add(ann, 60_000, 'at the very end');
  expect(await notesFor(ben)).toMatchObject([
    { atMs: 1500, text: 'first', author: { id: ben.user.id } },
    { atMs: 30_000, text: 'second', author: { id: ann.user.id } },
    { atMs: 60_000, text: 'at the very end' },
  ]);
});

it('are deleted by who wrote them, or by who is in charge, and stay in the books', async () => {
  const [own, other] = [await add(ann, 1, 'own'), await add(ben, 2, 'other')];
  expect(await remove(ann, other)).toBe('FORBIDDEN');
  expect(await remove(ann, own)).toBe('OK');
  expect(await remove(ann, own)).toBe('NOT_FOUND');
  expect(await texts(ann)).toEqual(['other']);
  expect(await remove(manager, other)).toBe('OK');
  const rows = await app.database.query(
    'select text, deleted_by_id from recording_notes where id = any($1) order by at_ms',
    [[own, other]],
  );
  expect(rows).toEqual([
    { text: 'own', deleted_by_id: ann.user.id },
    { text: 'other', deleted_by_id: manager.user.id },
  ]);
});

it('are not for the interviewer, decided or not', async () => {
  await add(ann, 1000, 'speak up');
  await ann.claim({ catiCallId: callId });
  await ann.review('submitReview', { reviewId: callId, decision: 'APPROVED' });
  expect(await texts(ann)).toContain('speak up');
  await expect(notesFor(interviewer)).rejects.toThrow('NOT_FOUND');
  const query = `recording(id: "${recordingId}") { notes { text } }`;
  expect(await interviewer.read(query)).toEqual({ notes: [] });
});

it.each([
  ['before the beginning', { atMs: -1, text: 'x' }, 'atMs'],
  ['behind the end', { atMs: 60_001, text: 'x' }, 'atMs'],
  ['nothing', { atMs: 1, text: '  ' }, 'text'],
  ['without end', { atMs: 1, text: 'x'.repeat(2001) }, 'text'],
])('%s is refused', async (_name, input, field) => {
  const { errors } = await ann.ask(ADD, { input: { recordingId, ...input } });
  expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
});

it('a recording has 500 at most', async () => {
  await app.database.query(
    `insert into recording_notes (id, inserted_at, recording_id, author_id, at_ms, text)
     select gen_random_uuid(), now(), $1, $2, n, 'x' from generate_series(1, 500) n`,
    [recordingId, ann.user.id],
  );
  expect((await ann.ask(ADD, { input: { recordingId, atMs: 1, text: 'x' } })).code).toBe('CONFLICT');
  expect(await notesFor(ann)).toHaveLength(500);
});

it('of a whole list of calls are one statement, as are their reviews', async () => {
  const calls = await storedCalls(app, 30, { campaign: 'Many', interviewer: interviewer.user });
  await app.database.query(
    `insert into recording_notes (id, inserted_at, recording_id, author_id, at_ms, text)
     select gen_random_uuid(), now(), recording_id, $1, 5, 'x' from cati_calls where id = any($2)`,
    [ann.user.id, calls],
  );
  for (const catiCallId of calls.slice(-10)) await ann.claim({ catiCallId });
  using statements = await Statements.of(app.services.orm);
  const ask = (first: number) =>
    ann.read<{ nodes: { review: object | null; recording: { notes: object[] } }[] }>(
      `catiCalls(first: ${first}, filter: { campaign: "Many" }) { nodes { review { status reviewer { name } }
         recording { notes { text author { name } } } } }`,
    );
  await ask(1);
  const few = await statements.during(() => ask(2));
  const many = await statements.during(async () => {
    const { nodes } = await ask(30);
    expect(nodes.every(({ recording }) => recording.notes.length === 1)).toBe(true);
    expect(nodes.filter(({ review }) => review !== null)).toHaveLength(10);
  });
  expect(many).toHaveLength(few.length);
});
