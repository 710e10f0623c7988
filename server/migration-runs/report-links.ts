import { errors } from '../errors.js';
import { windowedExpiry, type UrlSigner } from '../http/signed-url.js';
import { REPORT_FORMATS, type ReportFormat } from './migration-enums.js';

/** Seconds that a link is good for at least. */
const LIFETIME = 900;

/** Signed links to a run's report: `/reports/<run id>/report.csv?…`. */
export class ReportLinks {
  constructor(
    private readonly signer: UrlSigner,
    private readonly publicUrl: () => string,
  ) {}

  link(
    runId: string,
    format: ReportFormat,
    viewerId: string,
    now = new Date(),
  ): { url: string; expiresAt: Date } {
    const expiresAt = windowedExpiry(now, LIFETIME);
    const name = `report.${format.toLowerCase()}`;
    const query = this.signer.sign(fields(runId, name, viewerId), expiresAt);
    query.set('viewer', viewerId);
    return { url: `${this.publicUrl()}/reports/${runId}/${name}?${query.toString()}`, expiresAt };
  }

  /** FORBIDDEN when anything was changed, EXPIRED when it was good once. */
  verify(runId: string, name: string, query: URLSearchParams): ReportFormat {
    const format = REPORT_FORMATS.find((one) => name === `report.${one.toLowerCase()}`);
    if (!format) throw errors.forbidden('This link is not valid. Ask for a new one.');
    this.signer.verify(fields(runId, name, query.get('viewer') ?? ''), query);
    return format;
  }
}

function fields(run: string, name: string, viewer: string): Record<string, string> {
  return { purpose: 'report', methods: 'GET HEAD', run, name, viewer };
}
