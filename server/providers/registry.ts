import { CloudTelephony, type CloudTelephonyOptions } from './cloudtelephony.js';
import type { ConnectionOptions } from './connection.js';
import { Deepcall, type DeepcallOptions } from './deepcall.js';
import type { Provider } from './provider.js';
import { Twilio, type TwilioOptions } from './twilio.js';

/** Each connection that is given is configured. */
export interface ProvidersOptions extends ConnectionOptions {
  readonly deepcall?: DeepcallOptions | undefined;
  readonly cloudtelephony?: CloudTelephonyOptions | undefined;
  readonly twilio?: TwilioOptions | undefined;
}

/** The provider connections of this installation. */
export class ProviderRegistry implements AsyncDisposable {
  readonly #providers: ReadonlyMap<string, Provider>;

  constructor(providers: readonly Provider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.name, provider]));
  }

  /** Undefined: no such provider is configured. */
  get(name: string): Provider | undefined {
    return this.#providers.get(name);
  }

  get names(): readonly string[] {
    return [...this.#providers.keys()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#providers.values()].map((provider) => provider.close()));
  }
}

/**
 * @param now milliseconds
 * @throws Error naming what is wrong with an entry of `allowHosts` or an origin
 */
export function createProviders(options: ProvidersOptions, now: () => number = Date.now): ProviderRegistry {
  const { deepcall, cloudtelephony, twilio } = options;
  return new ProviderRegistry([
    ...(deepcall ? [new Deepcall(deepcall, options, now)] : []),
    ...(cloudtelephony ? [new CloudTelephony(cloudtelephony, options, now)] : []),
    ...(twilio ? [new Twilio(twilio, options, now)] : []),
  ]);
}
