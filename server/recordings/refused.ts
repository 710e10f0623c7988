import type { FailureCode } from '../errors.js';

/** The bytes were looked at and refused: nothing that another try could change. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    readonly code: FailureCode,
    message: string,
  ) {
    super(message);
  }
}
