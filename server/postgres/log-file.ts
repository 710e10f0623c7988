import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const MAX_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 16 * 1024;

/** PostgreSQL's log, opened by us and handed over: its user need not be able to reach it. */
export interface LogFile extends AsyncDisposable {
  readonly fd: number;
  /** The end of what was written since it was opened, 16 KiB at most. */
  tail(): Promise<string>;
}

/** Starts anew when the file has passed 10 MiB. */
export async function openLog(path: string): Promise<LogFile> {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  const file = await open(path, O_APPEND | O_CREAT | O_RDWR | (O_NOFOLLOW ?? 0), 0o600);
  let from = (await file.stat()).size;
  if (from > MAX_BYTES) {
    await file.truncate(0);
    from = 0;
  }
  return {
    fd: file.fd,
    tail: () => readTail(file, from),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function readTail(file: FileHandle, from: number): Promise<string> {
  const { size } = await file.stat();
  const start = Math.max(from, size - TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
  return buffer.toString('utf8', 0, bytesRead);
}
