import type { Request, Response } from 'express';

/** A probe that takes longer counts as failed. */
const PROBE_TIMEOUT_MS = 3000;

export type Check = () => Promise<unknown>;

/** One run at a time, and its outcome for so many milliseconds: anybody may ask, and what is asked may cost money. */
export function remembered(check: Check, milliseconds: number): Check {
  let latest: Promise<unknown> | undefined;
  let goodUntil = 0;
  return () => {
    if (latest && performance.now() < goodUntil) return latest;
    goodUntil = Infinity;
    const settled = (): void => {
      goodUntil = performance.now() + milliseconds;
    };
    latest = check();
    latest.then(settled, settled);
    return latest;
  };
}

/** Liveness: the process answers. Readiness: what it needs answers too, and it is not shutting down. */
export class Health {
  private draining = false;

  constructor(
    private readonly checks: Readonly<Record<string, Check>>,
    private readonly probeTimeoutMs = PROBE_TIMEOUT_MS,
  ) {}

  /** From here on the load balancer should send nobody. */
  drain(): void {
    this.draining = true;
  }

  readonly live = (_req: Request, res: Response): void => {
    res.json({ status: 'ok' });
  };

  readonly ready = async (_req: Request, res: Response): Promise<void> => {
    const names = Object.keys(this.checks);
    const results = await Promise.all(
      Object.values(this.checks).map((check) => answers(check, this.probeTimeoutMs)),
    );
    const checks = Object.fromEntries(names.map((name, index) => [name, results[index] ? 'ok' : 'failed']));
    const ready = !this.draining && results.every(Boolean);
    res
      .status(ready ? 200 : 503)
      .json({ status: this.draining ? 'draining' : ready ? 'ok' : 'failed', checks });
  };
}

async function answers(check: Check, timeoutMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<false>((resolve) => signal.addEventListener('abort', () => resolve(false)));
  return Promise.race([
    check().then(
      () => true,
      () => false,
    ),
    late,
  ]);
}
