import type { SignInInput, User } from '@earshot/sdk';
import { useSyncExternalStore } from 'react';
import { client } from './client.js';

interface Session {
  readonly accessToken: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly user: User;
}

/** Why nobody is signed in. */
type Absence = 'new' | 'signed-out' | 'expired';

interface State {
  readonly session: Session | undefined;
  readonly absence: Absence;
}

const KEY = 'earshot.session';
/** A timer of the browser holds 24.8 days at most. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Who is signed in, for this tab: the token is kept in sessionStorage and forgotten with it. */
class SessionStore {
  #state: State = { session: undefined, absence: 'new' };
  #timer: number | undefined;
  readonly #listeners = new Set<() => void>();

  constructor() {
    const kept = readKept();
    if (kept) this.#begin(kept);
  }

  get state(): State {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async signIn(input: SignInInput): Promise<void> {
    const session = await client.signIn(input);
    sessionStorage.setItem(KEY, JSON.stringify(session));
    this.#begin(session);
  }

  /** Ends the session here; the token itself is good until it expires. */
  end(absence: Exclude<Absence, 'new'>): void {
    if (!this.#state.session) return;
    sessionStorage.removeItem(KEY);
    window.clearTimeout(this.#timer);
    client.setToken(undefined);
    this.#set({ session: undefined, absence });
  }

  #begin(session: Session): void {
    const left = Date.parse(session.expiresAt) - Date.now();
    client.setToken(session.accessToken);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.end('expired'), Math.min(left, MAX_TIMER_MS));
    this.#set({ session, absence: 'new' });
  }

  #set(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function readKept(): Session | undefined {
  const text = sessionStorage.getItem(KEY);
  if (text === null) return undefined;
  const session = JSON.parse(text) as Session;
  return Date.parse(session.expiresAt) > Date.now() ? session : undefined;
}

export const sessions = new SessionStore();

export function useSession(): State {
  return useSyncExternalStore(sessions.subscribe, () => sessions.state);
}

/** Who is signed in. Only for what is shown to somebody who is. */
export function useViewer(): User {
  const { session } = useSession();
  if (!session) throw new Error('Nobody is signed in.');
  return session.user;
}
