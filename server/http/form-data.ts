import { MIMEType } from 'node:util';

/** What stands in front of a part's bytes (RFC 7578, section 4.2). */
export interface PartHead {
  readonly name: string;
  /** As the sender calls the file; a path, or anything else, may be in it. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

/** Who takes the parts, one behind the other. */
export interface PartSink {
  begin(head: PartHead): void;
  /** Some of the part's bytes: what was written, not a copy of it. */
  bytes(bytes: Buffer): void;
  end(): void;
}

/** No such form, or one that was cut. */
export class DamagedForm extends Error {
  override readonly name = 'DamagedForm';
}

/** Of one part: a name, a file's name and a media type. */
const MAX_HEAD_BYTES = 8 * 1024;
/** RFC 2046, section 5.1.1: no more than 70, none of which can be a line's end. */
const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** The boundary of a `multipart/form-data` Content-Type; undefined for any other, and for one without. */
export function formBoundary(contentType: string | undefined): string | undefined {
  try {
    const { essence, params } = new MIMEType(contentType ?? '');
    const boundary = params.get('boundary') ?? '';
    return essence === 'multipart/form-data' && BOUNDARY.test(boundary) ? boundary : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads `multipart/form-data` (RFC 7578, RFC 2046) as it arrives, whatever the pieces, in memory for one part's head.
 * The bytes of a part are found by the search that Node has for whole buffers, and are handed on as they came: of a
 * megabyte that costs less than its hash. Strict where RFC 2046 lets mail programs choose: nothing in front of the first
 * delimiter, no blanks behind one. What stands behind the last is passed over.
 */
export class FormDataParser {
  private readonly delimiter: Buffer;
  /** The beginning of a delimiter, at the end of what was written. The first one has no line in front that it ends. */
  private held: Buffer = LINE_END;
  private head: Buffer = NOTHING;
  private state: 'before' | 'head' | 'bytes' | 'done' = 'before';

  constructor(
    boundary: string,
    private readonly sink: PartSink,
  ) {
    this.delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** Whether the form has come to its end. */
  get isDone(): boolean {
    return this.state === 'done';
  }

  /** @throws DamagedForm, and what the sink throws; nothing more may be written then */
  write(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0 && !this.isDone;)
      rest = this.state === 'head' ? this.readHead(rest) : this.readBytes(rest);
  }

  /** Takes bytes up to the next delimiter; answers what stands behind it. */
  private readBytes(bytes: Buffer): Buffer {
    if (this.held.length > 0) return this.readHeld(bytes);
    const at = bytes.indexOf(this.delimiter);
    if (at >= 0) {
      this.give(bytes.subarray(0, at));
      return this.endPart(bytes.subarray(at + this.delimiter.length));
    }
    const begun = this.beginningIn(bytes);
    this.give(bytes.subarray(0, begun));
    // A copy: whoever takes the others may give their memory back.
    this.held = Buffer.from(bytes.subarray(begun));
    return NOTHING;
  }

  /** Only its first byte is a carriage return: when it is no delimiter, none begins within what is held. */
  private readHeld(bytes: Buffer): Buffer {
    const { delimiter, held } = this;
    const joined = Buffer.concat([held, bytes.subarray(0, delimiter.length - held.length)]);
    const isBeginning = delimiter.subarray(0, joined.length).equals(joined);
    this.held = isBeginning && joined.length < delimiter.length ? joined : NOTHING;
    if (!isBeginning) {
      this.give(held);
      return bytes;
    }
    const rest = bytes.subarray(joined.length - held.length);
    return this.held === NOTHING ? this.endPart(rest) : rest;
  }

  /** Where the beginning of a delimiter stands at the end of these bytes; their length where there is none. */
  private beginningIn(bytes: Buffer): number {
    const last = Math.max(0, bytes.length - this.delimiter.length + 1);
    for (let at = bytes.indexOf(13, last); at >= 0; at = bytes.indexOf(13, at + 1)) {
      const tail = bytes.subarray(at);
      if (this.delimiter.subarray(0, tail.length).equals(tail)) return at;
    }
    return bytes.length;
  }

  private give(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.state === 'before') throw new DamagedForm('the form does not begin with its boundary');
    this.sink.bytes(bytes);
  }

  private endPart(rest: Buffer): Buffer {
    if (this.state === 'bytes') this.sink.end();
    this.state = 'head';
    return rest;
  }

  /** Takes what stands between a delimiter and the part's bytes; answers those. */
  private readHead(bytes: Buffer): Buffer {
    const head = this.head.length > 0 ? Buffer.concat([this.head, bytes]) : bytes;
    const mark = head.toString('latin1', 0, 2);
    const end = head.indexOf(HEAD_END);
    if (mark === '--') {
      this.state = 'done';
    } else if (!'\r\n'.startsWith(mark) && !'--'.startsWith(mark)) {
      throw new DamagedForm('a boundary is followed by neither a line nor the end');
    } else if (end >= 0 && end <= MAX_HEAD_BYTES) {
      this.head = NOTHING;
      this.state = 'bytes';
      this.sink.begin(parseHead(head.toString('utf8', 2, Math.max(2, end))));
      return head.subarray(end + HEAD_END.length);
    } else if (head.length > MAX_HEAD_BYTES) {
      throw new DamagedForm('the head of a part is too long');
    }
    this.head = Buffer.from(head);
    return NOTHING;
  }
}

/** A quoted string, its escapes those of RFC 2616 that clients send: a path's own backslashes stay. */
const PARAMETER = /;[ \t]*([\w*-]+)=(?:"((?:[^"\\]|\\["\\]|\\(?!["\\]))*)"|([^\s";]+))/g;

function parseHead(text: string): PartHead {
  const headers = new Map(
    text.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const disposition = headers.get('content-disposition') ?? '';
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, token = ''] of disposition.matchAll(PARAMETER)) {
    const known = key.toLowerCase();
    if (!parameters.has(known)) parameters.set(known, unescaped(quoted ?? token));
  }
  const name = parameters.get('name');
  if (!/^form-data[ \t]*;/i.test(disposition) || name === undefined)
    throw new DamagedForm('a part has no name');
  return { name, filename: parameters.get('filename'), contentType: headers.get('content-type') };
}

/** Browsers write a quote and the ends of a line in percents (WHATWG HTML, multipart/form-data), others a backslash. */
function unescaped(value: string): string {
  return value
    .replace(/\\(["\\])/g, '$1')
    .replace(/%(22|0D|0A)/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
