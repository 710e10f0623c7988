import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Role } from '../../../server/auth/user.entity.js';
import { launchChromium } from '../../support/chromium.js';
import type { TestApp } from '../../support/test-app.js';

/** The console, the server and Chromium share the machine with each other. */
export const PATIENCE = 180_000;

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
}

export interface OpenOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** Chromium at the console of a server. */
export class ConsoleBrowser implements AsyncDisposable {
  private constructor(
    private readonly app: TestApp,
    private readonly browser: Browser,
  ) {}

  static async launch(app: TestApp): Promise<ConsoleBrowser> {
    return new ConsoleBrowser(app, await launchChromium('--autoplay-policy=no-user-gesture-required'));
  }

  /** Where nobody has signed in yet. */
  async stranger({ width = 1440, scheme = 'light' }: OpenOptions = {}): Promise<ConsoleTab> {
    const context = await this.browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Asia/Kolkata',
    });
    return ConsoleTab.open(this.app.url, context);
  }

  /** Signed in, without the cost of a password. */
  async as({ id, name, email, role }: Person, options?: OpenOptions): Promise<ConsoleTab> {
    const tab = await this.stranger(options);
    const { accessToken, expiresAt } = await this.app.services.tokens.issue(id);
    const session = { accessToken, expiresAt, user: { id, name, email, role } };
    await tab.context.addInitScript(
      `sessionStorage.setItem('earshot.session', ${JSON.stringify(JSON.stringify(session))})`,
    );
    return tab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}

export class ConsoleTab {
  /** Errors of the page, and what its policy refused. */
  readonly faults: string[] = [];

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(message.text());
    });
  }

  static async open(url: string, context: BrowserContext): Promise<ConsoleTab> {
    return new ConsoleTab(url, context, await context.newPage());
  }

  /** Resolves when the page has its heading. */
  async go(path: string): Promise<void> {
    await this.page.goto(`${this.url}/console${path}`);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
  }

  heading(name: string | RegExp): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  press(name: string | RegExp): Promise<void> {
    return this.page.getByRole('button', { name }).first().click();
  }

  text(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  /** Resolves when the element with the focus has this name, found by Tab alone. */
  async tabTo(name: string, presses = 60): Promise<void> {
    for (let n = 0; n < presses; n++) {
      await this.page.keyboard.press('Tab');
      if ((await this.focused()).includes(name)) return;
    }
    throw new Error(`Tab does not lead to "${name}".`);
  }

  /** What the element with the focus is called. */
  async focused(): Promise<string> {
    return String(await this.page.evaluate(FOCUSED_NAME));
  }

  /**
   * Resolves once this is true in the page. Asked from outside: the page's own policy lets nobody evaluate a text
   * inside, as `waitForFunction` does.
   */
  async until(condition: string): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (!(await this.page.evaluate(`Boolean(${condition})`))) {
      if (performance.now() > deadline) throw new Error(`It did not come true: ${condition}`);
      await sleep(20);
    }
  }

  /** Resolves once there is one audio element, and this is true of it: `audio.currentTime > 0.3`. */
  async audioIs(condition: string): Promise<void> {
    await this.until(`((audio) => audio !== null && (${condition}))(document.querySelector('audio'))`);
  }

  /** What axe finds: rule, and where. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(await axeSource());
    const { violations } = (await this.page.evaluate('axe.run()')) as AxeResult;
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, html }) => `${id}: ${target.join(' ')} ${html}`),
    );
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

interface AxeResult {
  violations: { id: string; nodes: { target: string[]; html: string }[] }[];
}

const FOCUSED_NAME = `(() => {
  const focused = document.activeElement;
  const label = focused.labels?.[0]?.textContent;
  return focused.getAttribute('aria-label') ?? label ?? focused.textContent ?? '';
})()`;

let source: Promise<string> | undefined;

function axeSource(): Promise<string> {
  source ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  return source;
}
