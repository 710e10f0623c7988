import { createError, ERROR_CLASSES } from './error-classes.js';
import {
  EarshotError,
  NotFoundError,
  OffsetMismatchError,
  RateLimitedError,
  UploadIncompleteError,
} from './errors.js';

const RETRYABLE = ['INTERNAL', 'NETWORK', 'RATE_LIMITED', 'TIMEOUT', 'UNAVAILABLE'];

describe('createError', () => {
  it.each(Object.entries(ERROR_CLASSES))('makes the class of %s', (code, ErrorOfCode) => {
    const error = createError('No.', { code, expectedOffset: 7 });
    expect(error).toBeInstanceOf(ErrorOfCode);
    expect(error).toBeInstanceOf(EarshotError);
    expect(error.constructor).toBe(ErrorOfCode);
    expect(error.constructor).not.toBe(EarshotError);
    expect(error).toMatchObject({ code, message: 'No.', retryable: RETRYABLE.includes(code) });
  });

  it.each(['FROM_A_NEWER_SERVER', 'constructor', 'toString', ''])('keeps the base class for %j', (code) => {
    const error = createError('No.', { code });
    expect(error.constructor).toBe(EarshotError);
    expect(error).toMatchObject({ name: 'EarshotError', code, retryable: false });
  });

  it.each([
    ['OFFSET_MISMATCH', OffsetMismatchError],
    ['UPLOAD_INCOMPLETE', UploadIncompleteError],
  ])('%s has its class only with an offset', (code, ErrorOfCode) => {
    expect(createError('No.', { code, expectedOffset: 0 })).toBeInstanceOf(ErrorOfCode);
    expect(createError('No.', { code }).constructor).toBe(EarshotError);
  });

  it('types the offset as a number and keeps its value', () => {
    const error: Error = createError('Send byte 5.', { code: 'OFFSET_MISMATCH', expectedOffset: 5 });
    const offset: number = error instanceof OffsetMismatchError ? error.expectedOffset : Number.NaN;
    expect(offset).toBe(5);
  });

  it('keeps every fact', () => {
    const cause = new Error('socket');
    const facts = {
      code: 'RATE_LIMITED',
      requestId: 'r1',
      operation: 'Leads',
      status: 429,
      retryable: false,
      field: 'input.email',
      limit: 3,
      retryAfterSeconds: 9,
      path: ['leads', 0],
      data: { leads: null },
      errors: [{ message: 'Slow down.' }],
      cause,
    };
    const error = createError('Slow down.', facts);
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject(facts);
  });

  it('has no cause unless one is given', () => {
    expect('cause' in new NotFoundError('No.', { code: 'NOT_FOUND' })).toBe(false);
  });
});
