import type { Environment } from './environment.js';
import type { HostLimits } from './providers/hosts/host-line.js';

/** Which telephony providers are connected: one that has nothing configured is not there. */
export interface ProvidersConfig {
  readonly deepcall:
    | {
        readonly userId: string | undefined;
        readonly token: string | undefined;
        readonly ssid: string | undefined;
        readonly webhookSecret: string | undefined;
        readonly recordingUrl: string | undefined;
        readonly apiUrl: string | undefined;
      }
    | undefined;
  readonly cloudtelephony:
    { readonly webhookSecret: string | undefined; readonly recordingUrl: string | undefined } | undefined;
  readonly twilio:
    | { readonly accountSid: string; readonly authToken: string; readonly apiUrl: string | undefined }
    | undefined;
  /** Further `host[:port]` that recordings may be fetched from. */
  readonly allowHosts: readonly string[];
  /** The largest recording that is fetched. */
  readonly maxBytes: number;
  /** What one host is asked for by this process. */
  readonly hosts: HostLimits;
}

/** What of the environment tells of providers. */
type ProviderEnvironment = Pick<
  Environment,
  Extract<keyof Environment, `${'CLOUDTELEPHONY' | 'DEEPCALL' | 'PROVIDER' | 'TWILIO'}_${string}`>
>;

export function toProviders(env: ProviderEnvironment): ProvidersConfig {
  const deepcall = {
    userId: env.DEEPCALL_USER_ID,
    token: env.DEEPCALL_TOKEN,
    ssid: env.DEEPCALL_SSID,
    webhookSecret: env.DEEPCALL_WEBHOOK_SECRET,
    recordingUrl: env.DEEPCALL_RECORDING_URL,
    apiUrl: env.DEEPCALL_API_URL,
  };
  const cloudtelephony = {
    webhookSecret: env.CLOUDTELEPHONY_WEBHOOK_SECRET,
    recordingUrl: env.CLOUDTELEPHONY_RECORDING_URL,
  };
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  const isGiven = (options: object): boolean => Object.values(options).some((value) => value !== undefined);
  return {
    deepcall: isGiven(deepcall) ? deepcall : undefined,
    cloudtelephony: isGiven(cloudtelephony) ? cloudtelephony : undefined,
    twilio: accountSid && authToken ? { accountSid, authToken, apiUrl: env.TWILIO_API_URL } : undefined,
    allowHosts: env.PROVIDER_ALLOW_HOSTS,
    maxBytes: env.PROVIDER_MAX_BYTES,
    hosts: {
      requestsPerMinute: env.PROVIDER_REQUESTS_PER_MINUTE,
      concurrency: env.PROVIDER_CONCURRENCY,
    },
  };
}
