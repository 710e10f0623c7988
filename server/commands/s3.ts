import { loadConfig } from '../config.js';
import { faultLine } from './run-command.js';
import { s3Command, S3_USAGE, UsageError } from './s3-command.js';

/** `earshot s3 setup|check`. Exit code 0: all is well, warnings included; 1: something fails; 2: asked wrongly. */
try {
  const { text, ok } = await s3Command(process.argv.slice(2), loadConfig);
  process.stdout.write(`${text}\n`);
  if (!ok) process.exitCode = 1;
} catch (error) {
  const asked = error instanceof UsageError;
  process.stderr.write(asked ? `${error.message}\n\n${S3_USAGE}\n` : `${faultLine(error)}\n`);
  process.exitCode = asked ? 2 : 1;
}
