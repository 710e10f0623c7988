import pino, { type Logger } from 'pino';

export type { Logger };

/**
 * JSON lines on standard error. What must never be in them is removed by name as a last wall; the first one is that
 * no caller logs a URL's query, a header, an input or a phone number.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'authorization',
          'password',
          'token',
          'secret',
          'phone',
          'sourceUrl',
          'url',
          '*.authorization',
          '*.password',
          '*.token',
          '*.secret',
          '*.phone',
          '*.sourceUrl',
          '*.url',
        ],
        censor: '[removed]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
