import { CloudTelephony, type CloudTelephonyOptions } from './cloudtelephony.js';
import type { ConnectionOptions } from './connection.js';
import { Deepcall, type DeepcallOptions } from './deepcall.js';
import { HostGate } from './hosts/host-gate.js';
import type { HostLimits } from './hosts/host-line.js';
import type { Provider } from './provider.js';
import { Twilio, type TwilioOptions } from './twilio.js';

/** Each connection that is given is configured. */
export interface ProvidersOptions extends Omit<ConnectionOptions, 'gate'> {
  readonly hosts?: HostLimits | undefined;
  readonly deepcall?: DeepcallOptions | undefined;
  readonly cloudtelephony?: CloudTelephonyOptions | undefined;
  readonly twilio?: TwilioOptions | undefined;
}

const UNLIMITED: HostLimits = { requestsPerMinute: undefined, concurrency: 64 };

/** The provider connections of this installation. */
export class ProviderRegistry implements AsyncDisposable {
  readonly #providers: ReadonlyMap<string, Provider>;

  constructor(
    providers: readonly Provider[],
    /** What all of them pass before they ask a host. */
    readonly gate: HostGate,
  ) {
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
  const { deepcall, cloudtelephony, twilio, hosts = UNLIMITED } = options;
  const gate = new HostGate(hosts);
  const connection = { ...options, gate };
  return new ProviderRegistry(
    [
      ...(deepcall ? [new Deepcall(deepcall, connection, now)] : []),
      ...(cloudtelephony ? [new CloudTelephony(cloudtelephony, connection, now)] : []),
      ...(twilio ? [new Twilio(twilio, connection, now)] : []),
    ],
    gate,
  );
}
