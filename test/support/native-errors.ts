import { types } from 'node:util';

/**
 * Jest gives each test file an Error of its own, of which Node's errors are no instances; the AWS SDK then wraps them and
 * their codes are lost. As in a real process, an error is an Error.
 */
export function recogniseNativeErrors(): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(Error, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === Error && types.isNativeError(value));
    },
  });
}
