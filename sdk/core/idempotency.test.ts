import { isIdempotent } from './idempotency.js';

describe('isIdempotent', () => {
  it.each([
    ['query', 'Leads', {}, true],
    ['query', 'Me', undefined, true],
    ['mutation', 'SignIn', { input: { email: 'a' } }, false],
    ['mutation', 'LogCall', { input: { leadId: '1' } }, false],
    ['mutation', 'LogCall', { input: { leadId: '1', idempotencyKey: '' } }, false],
    ['mutation', 'LogCall', { input: { leadId: '1', idempotencyKey: 'k' } }, true],
    ['mutation', 'RequestUpload', { input: { idempotencyKey: 'k' } }, true],
    ['mutation', 'AppendChunk', { input: {} }, true],
    ['mutation', 'FinalizeUpload', { input: {} }, true],
    ['mutation', 'CancelUpload', { input: {} }, true],
    ['mutation', 'StartMigration', { input: { dryRun: true } }, false],
    ['mutation', 'PauseMigration', { input: {} }, true],
    ['mutation', 'ResumeMigration', { input: {} }, true],
    ['mutation', 'CancelMigration', { input: {} }, true],
    ['mutation', 'UpdateMigrationLimits', { input: {} }, true],
    ['mutation', 'UploadRecording', { input: null }, false],
    ['subscription', 'Leads', {}, false],
  ] as const)('%s %s with %j: %s', (kind, name, variables, expected) => {
    expect(isIdempotent({ kind, name }, variables)).toBe(expected);
  });
});
