/** The kinds of things that the API is asked for. `any`: nothing is named. */
export type Kind =
  | 'lead'
  | 'callLog'
  | 'callRecording'
  | 'callUpload'
  | 'catiCall'
  | 'catiRecording'
  | 'catiUpload'
  | 'catiReview'
  | 'catiNote'
  | 'run'
  | 'webhookEvent'
  | 'any';

/**
 * What a role gets. `own`: its own, while others' reads as missing. `all`: everybody's. `gone`: reads as missing, even
 * its own. `no`: FORBIDDEN. What is missing reads as missing, unless it is FORBIDDEN.
 */
export type Word = 'own' | 'all' | 'gone' | 'no';

export interface Row {
  field: string;
  kind: Kind;
  ask: (id: string) => string;
  /** Sent as the file of a multipart request, at this place of the input. */
  file?: { at: string; input: (id: string) => object };
  words: string;
  /** What the answer says when it is let through: OK, unless something else stands in the way then. */
  passes?: string;
}

/** The order of the words. */
export const ROLES = ['TELECALLER', 'INTERVIEWER', 'QUALITY_AGENT', 'MANAGER', 'ADMIN'] as const;

const one = (field: string, kind: Kind, words: string): Row => ({
  field: `Query.${field}`,
  kind,
  ask: (id) => `{ ${field}(id: "${id}") { id } }`,
  words,
});
const list = (field: string, kind: Kind, words: string): Row => ({
  field: `Query.${field}`,
  kind,
  ask: () => `{ ${field}(first: 200) { nodes { id } totalCount } }`,
  words,
});
const watch = (argument: string, kind: Kind, words: string): Row => ({
  field: 'Subscription.recordingChanged',
  kind,
  ask: (id) => `subscription { recordingChanged(${argument}: "${id}") { id } }`,
  words,
});
const change = (
  field: string,
  kind: Kind,
  input: (id: string) => string,
  words: string,
  passes = 'OK',
): Row => ({
  field: `Mutation.${field}`,
  kind,
  ask: (id) => `mutation { ${field}(input: { ${input(id)} }) { __typename } }`,
  words,
  passes,
});
const send = (field: string, kind: Kind, at: string, input: (id: string) => object, words: string): Row => ({
  field: `Mutation.${field}`,
  kind,
  ask: () => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input!`;
    return `mutation ($input: ${type}) { ${field}(input: $input) { __typename } }`;
  },
  file: { at, input },
  words,
});
const upload = (id: string): string => `uploadId: "${id}"`;
const review = (id: string): string => `reviewId: "${id}"`;
const note = (id: string): string => `recordingId: "${id}", atMs: 1, text: "x"`;
const notes = (kind: Kind, words: string): Row => ({
  field: 'Query.recordingNotes',
  kind,
  ask: (id) => `{ recordingNotes(recordingId: "${id}") { id } }`,
  words,
});
const run = (id: string): string => `id: "${id}"`;

/** The table of roles, as the API's description has it. Nobody, without a token, is UNAUTHENTICATED everywhere. */
export const TABLE: readonly Row[] = [
  //                                                   telecaller interviewer agent manager admin
  { field: 'Query.me', kind: 'any', ask: () => '{ me { id } }', words: 'all all all all all' },
  one('lead', 'lead', 'own gone gone all all'),
  list('leads', 'lead', 'own no no all all'),
  one('callLog', 'callLog', 'own gone gone all all'),
  list('callLogs', 'callLog', 'own no no all all'),
  one('catiCall', 'catiCall', 'gone own all all all'),
  list('catiCalls', 'catiCall', 'no own all all all'),
  one('recording', 'callRecording', 'own gone gone all all'),
  one('recording', 'catiRecording', 'gone own all all all'),
  watch('id', 'callRecording', 'own gone gone all all'),
  watch('id', 'catiRecording', 'gone own all all all'),
  watch('callLogId', 'callLog', 'own gone gone all all'),
  watch('catiCallId', 'catiCall', 'gone own all all all'),
  change('logCall', 'lead', (id) => `leadId: "${id}", outcome: BUSY`, 'own no no no all'),

  one('upload', 'callUpload', 'own gone gone gone all'),
  one('upload', 'catiUpload', 'gone own gone gone all'),
  change('requestUpload', 'callLog', (id) => `callLogId: "${id}", byteSize: 1`, 'own no no no all'),
  change('requestUpload', 'catiCall', (id) => `catiCallId: "${id}", byteSize: 1`, 'no own no no all'),
  send('uploadRecording', 'callLog', 'file', (callLogId) => ({ callLogId }), 'own no no no all'),
  send('uploadRecording', 'catiCall', 'file', (catiCallId) => ({ catiCallId }), 'no own no no all'),
  send('appendChunk', 'callUpload', 'chunk', (uploadId) => ({ uploadId, offset: 0 }), 'own gone no no all'),
  send('appendChunk', 'catiUpload', 'chunk', (uploadId) => ({ uploadId, offset: 0 }), 'gone own no no all'),
  change('finalizeUpload', 'callUpload', upload, 'own gone no no all', 'UPLOAD_INCOMPLETE'),
  change('finalizeUpload', 'catiUpload', upload, 'gone own no no all', 'UPLOAD_INCOMPLETE'),
  change('cancelUpload', 'callUpload', upload, 'own gone no no all'),
  change('cancelUpload', 'catiUpload', upload, 'gone own no no all'),

  change('retryRecording', 'callRecording', (id) => `recordingId: "${id}"`, 'no no no all all'),
  change('retryRecording', 'catiRecording', (id) => `recordingId: "${id}"`, 'no no no all all'),
  list('webhookEvents', 'any', 'no no no all all'),
  {
    field: 'Query.providerStates',
    kind: 'any',
    ask: () => '{ providerStates { provider } }',
    words: 'no no no all all',
  },
  change('assignInterviewer', 'any', () => 'provider: "deepcall", key: "nobody"', 'no no no no all'),
  change('replayWebhook', 'webhookEvent', (id) => `eventId: "${id}"`, 'no no no all all'),
  change(
    'deleteRecording',
    'callRecording',
    (id) => `recordingId: "${id}", reason: "asked for"`,
    'no no no no all',
  ),
  change(
    'deleteRecording',
    'catiRecording',
    (id) => `recordingId: "${id}", reason: "asked for"`,
    'no no no no all',
  ),
  one('review', 'catiReview', 'gone gone all all all'),
  list('reviews', 'catiReview', 'no no all all all'),
  {
    field: 'Query.reviewQueue',
    kind: 'any',
    ask: () => '{ reviewQueue { waiting byCampaign { waiting } } }',
    words: 'no no all all all',
  },
  {
    field: 'Query.reviewForm',
    kind: 'any',
    ask: () => '{ reviewForm { findings { code label description } } }',
    words: 'no no all all all',
  },
  change('claimNextReview', 'any', () => '', 'no no all all all'),
  change('claimNextReview', 'catiCall', (id) => `catiCallId: "${id}"`, 'no no all all all', 'CONFLICT'),
  change('renewReview', 'catiReview', review, 'no no all all all', 'CONFLICT'),
  change('releaseReview', 'catiReview', review, 'no no all all all', 'CONFLICT'),
  change(
    'submitReview',
    'catiReview',
    (id) => `${review(id)}, decision: REJECTED, feedback: "x"`,
    'no no all all all',
    'CONFLICT',
  ),
  notes('catiRecording', 'gone gone all all all'),
  notes('callRecording', 'gone gone gone all all'),
  change('addRecordingNote', 'catiRecording', note, 'no no all all all'),
  change('addRecordingNote', 'callRecording', note, 'no no gone all all'),
  change('deleteRecordingNote', 'catiNote', (id) => `noteId: "${id}"`, 'no no all all all'),
  {
    field: 'Query.samplingRules',
    kind: 'any',
    ask: () => '{ samplingRules { id } }',
    words: 'no no all all all',
  },
  change('setSamplingRule', 'any', () => 'campaign: "Matrix", percent: 10', 'no no no all all'),
  change('startMigration', 'any', () => 'dryRun: true, maxCalls: 1', 'no no no no all'),
  change('pauseMigration', 'run', run, 'no no no no all'),
  change('resumeMigration', 'run', run, 'no no no no all'),
  change('cancelMigration', 'run', run, 'no no no no all'),
  change('updateMigrationLimits', 'run', (id) => `id: "${id}", concurrency: 1`, 'no no no no all'),
  one('migration', 'run', 'gone gone gone all all'),
  {
    field: 'Query.migrations',
    kind: 'any',
    ask: () => '{ migrations { totalCount } }',
    words: 'no no no all all',
  },
  {
    field: 'Query.storageUsage',
    kind: 'any',
    ask: () => '{ storageUsage { bytes } }',
    words: 'no no no all all',
  },
  {
    field: 'Query.storageHealth',
    kind: 'any',
    ask: () => '{ storageHealth { lastSweep { orphans } providers { provider } } }',
    words: 'no no no all all',
  },
  list('storageFindings', 'any', 'no no no all all'),
  list('auditEvents', 'any', 'no no no no all'),
  change('sweepStorage', 'any', () => 'dryRun: true', 'no no no no all'),
  {
    field: 'Subscription.migrationProgress',
    kind: 'run',
    ask: (id) => `subscription { migrationProgress(id: "${id}") { id } }`,
    words: 'gone gone gone all all',
  },
];

/** Root fields that need no token. */
export const PUBLIC: readonly string[] = ['Mutation.signIn'];
