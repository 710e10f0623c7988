import type { Readable } from 'node:stream';
import {
  FetchAborted,
  FetchBadResponse,
  FetchBlocked,
  FetchTimeout,
  FetchUnreachable,
  HostBusy,
} from '../fetch/fetch-error.js';
import type { ResponseHeaders } from '../fetch/response-headers.js';
import { NOBODY, type Caller } from './caller.js';
import type { HostGate } from './host-gate.js';
import type { HostPass, HostReport } from './host-line.js';

/** One request of a host: from the gate until all that was wanted of its answer has come. */
export class HostVisit {
  private constructor(private pass: HostPass | undefined) {}

  /** Without a gate everybody may come in. @throws HostBusy, or what `signal` fires with */
  static async begin(
    gate: HostGate | undefined,
    host: string,
    caller: Caller = NOBODY,
    signal: AbortSignal,
  ): Promise<HostVisit> {
    const booked = caller.booked?.take(host);
    if (booked || !gate) return new HostVisit(booked);
    const entry = await gate.enter(host, { ...caller, signal });
    if (entry.kind === 'refused') throw new HostBusy(entry.seconds);
    return new HostVisit(entry);
  }

  /** Nothing more of the answer is wanted. */
  answered(status: number, { retryAfterSeconds }: Pick<ResponseHeaders, 'retryAfterSeconds'>): void {
    this.leave(reportOf(status, retryAfterSeconds));
  }

  failed(error: unknown): void {
    this.leave(reportOfError(error));
  }

  /** The body tells how it ends. */
  until(body: Readable): void {
    body.once('error', (error) => this.failed(error));
    body.once('close', () => this.leave('answered'));
  }

  private leave(report: HostReport): void {
    this.pass?.leave(report);
    this.pass = undefined;
  }
}

function reportOf(status: number, asksFor: number | undefined): HostReport {
  if (status === 429) return { asksFor };
  if (status < 500 && status !== 408) return 'answered';
  return asksFor === undefined ? 'faulty' : { asksFor };
}

function reportOfError(error: unknown): HostReport {
  if (error instanceof FetchAborted || error instanceof FetchBlocked) return 'nothing';
  const isFault =
    error instanceof FetchTimeout || error instanceof FetchUnreachable || error instanceof FetchBadResponse;
  return isFault ? 'faulty' : 'answered';
}
