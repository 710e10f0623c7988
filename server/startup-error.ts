/** A fault that the operator can fix. It is printed as one line, without a stack, and ends the process with exit code 1. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
