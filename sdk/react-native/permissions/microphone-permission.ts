import { ObservableValue } from '../../core/observable-value.js';
import type { Observable } from '../../core/ports.js';

/** What the system says. `blocked`: it asks no more; only its settings change that. */
export type PermissionAnswer = 'granted' | 'undetermined' | 'denied' | 'blocked';

/** The platform's side: expo-audio's permission functions, Linking and AppState. */
export interface PermissionPort {
  check(): Promise<PermissionAnswer>;
  /** Shows the system's own question. */
  request(): Promise<PermissionAnswer>;
  openSettings(): Promise<void>;
  /** Calls when the app is active again, also after a visit to the settings; the result ends it. */
  onActive(listener: () => void): () => void;
}

/**
 * Where the permission to record stands. `rationale`: nobody was asked yet, and the app says first why it asks.
 * `denied`: may be asked again. `blocked`: only in the settings. `failed`: the system did not answer.
 */
export type PermissionPhase =
  'checking' | 'rationale' | 'asking' | 'granted' | 'denied' | 'blocked' | 'failed';

const PHASES: Readonly<Record<PermissionAnswer, PermissionPhase>> = {
  granted: 'granted',
  undetermined: 'rationale',
  denied: 'denied',
  blocked: 'blocked',
};

/** From "nobody was asked" to "granted", or to the settings and back. */
export class MicrophonePermission implements Observable<PermissionPhase> {
  readonly #value = new ObservableValue<PermissionPhase>('checking');
  #unsubscribe: (() => void) | undefined;

  readonly subscribe: Observable<PermissionPhase>['subscribe'] = this.#value.subscribe;
  readonly getSnapshot: Observable<PermissionPhase>['getSnapshot'] = this.#value.getSnapshot;

  constructor(private readonly port: PermissionPort) {}

  /** Looks, and looks again whenever the app is active again; the result ends that. Asks nobody. */
  start(): () => void {
    this.#unsubscribe ??= this.port.onActive(() => void this.check());
    void this.check();
    return () => {
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    };
  }

  /** While the system's question is open, its answer counts. */
  async check(): Promise<void> {
    if (this.getSnapshot() === 'asking') return;
    await this.#settle(() => this.port.check());
  }

  /** Where the system may be asked: after the rationale, after a denial, or when it did not answer. */
  async ask(): Promise<void> {
    const phase = this.getSnapshot();
    if (phase !== 'rationale' && phase !== 'denied' && phase !== 'failed') return;
    this.#value.set('asking');
    await this.#settle(() => this.port.request());
  }

  openSettings(): Promise<void> {
    return this.port.openSettings();
  }

  async #settle(answer: () => Promise<PermissionAnswer>): Promise<void> {
    try {
      this.#value.set(PHASES[await answer()]);
    } catch {
      this.#value.set('failed');
    }
  }
}
