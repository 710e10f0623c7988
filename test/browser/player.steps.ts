import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { mediaEnv } from '../support/media-steps.js';
import { TestApp } from '../support/test-app.js';
import { Caller } from '../support/upload-steps.js';
import { bundlePage } from './page-bundle.js';
import { servePages } from './page-server.js';

/** Chromium shares the machine with the server. */
const WAIT_MS = 30_000;

export interface Heard {
  src: string;
  position: number;
  duration: number;
  rate: number;
  keepsPitch: boolean;
  isPaused: boolean;
  isSeeking: boolean;
}

export interface Snapshot {
  state: {
    phase: string;
    position: number;
    duration: number;
    isLocal: boolean;
    reason?: string;
    track: { callLogId?: string };
  };
  rate: number;
}

/** A page with a player, and nothing else. */
export class PlayerPage {
  constructor(readonly page: Page) {}

  ask<T = unknown>(expression: string): Promise<T> {
    return this.page.evaluate(`playerPage.${expression}`);
  }

  play(callLogId: string): Promise<unknown> {
    return this.ask(`player.play({ callLogId: '${callLogId}' })`);
  }

  snapshot(): Promise<Snapshot> {
    return this.ask('snapshot()');
  }

  heard(): Promise<Heard> {
    return this.ask('audio()');
  }

  /** Until both the player and the browser are in this phase, at this second or later. */
  async until(phase: string, from = 0): Promise<Snapshot['state']> {
    const condition = `(() => {
      const { state } = globalThis.playerPage?.snapshot() ?? {};
      const { position, isSeeking } = globalThis.playerPage?.audio() ?? {};
      return state?.phase === '${phase}' && !isSeeking && (state.position ?? ${from}) >= ${from} && position >= ${from};
    })()`;
    await this.page.waitForFunction(condition);
    return (await this.snapshot()).state;
  }

  /** The phases since the page was opened, without repetition. */
  async phases(): Promise<string[]> {
    const shown = await this.ask<{ phase: string }[]>('shown');
    return shown.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]);
  }
}

/** A server, a browser, and pages with players. */
export class PlayerStage implements AsyncDisposable {
  private context: BrowserContext | undefined;

  private constructor(
    readonly app: TestApp,
    readonly caller: Caller,
    private readonly browser: Browser,
    private readonly pages: Awaited<ReturnType<typeof servePages>>,
  ) {}

  static async open(): Promise<PlayerStage> {
    const app = await TestApp.start({ env: mediaEnv() });
    const script = await bundlePage('player-page.ts');
    const html = '<!doctype html><title>Player</title><script type="module" src="/page.js"></script>';
    const pages = await servePages((path) =>
      path === '/page.js'
        ? { contentType: 'text/javascript; charset=utf-8', body: script }
        : { contentType: 'text/html; charset=utf-8', body: html },
    );
    return new PlayerStage(
      app,
      await Caller.create(app),
      await launchChromium('--autoplay-policy=document-user-activation-required'),
      pages,
    );
  }

  /** With a profile that nobody has used. */
  async show(): Promise<PlayerPage> {
    const page = await this.newPage();
    await page.goto(this.address({}));
    await page.waitForFunction('globalThis.playerPage');
    return new PlayerPage(page);
  }

  /** A page that plays by itself, until it is in this phase. Asking it anything would count as a person's touch. */
  async untouched(play: string, phase: string): Promise<PlayerPage> {
    const page = await this.newPage();
    const told = page.waitForEvent('console', (message) => message.text() === phase);
    await page.goto(this.address({ play }));
    await told;
    return new PlayerPage(page);
  }

  private async newPage(): Promise<Page> {
    this.context = await this.browser.newContext();
    this.context.setDefaultTimeout(WAIT_MS);
    return this.context.newPage();
  }

  private address(query: Readonly<Record<string, string>>): string {
    const search = new URLSearchParams({ ...query, token: this.caller.token, url: this.app.url });
    return `${this.pages.origin}/?${search.toString()}`;
  }

  async leave(): Promise<void> {
    await this.context?.close();
    this.context = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.pages[Symbol.asyncDispose]();
    await this.app[Symbol.asyncDispose]();
  }
}
