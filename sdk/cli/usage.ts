/** What the command was called with is wrong: the message says what to do. */
export class UsageError extends Error {}

export const HELP = `Copies call recordings from their telephony providers before they expire there.

Usage: earshot <command> [options]

  migrate               starts a run and follows it to its end
  retry                 the same, for recordings that failed before
  resume <run>          lets a paused run go on, and follows it
  status [run]          one run, or the latest ones
  report <run>          every call of a run, as a file
  s3 setup | check      prepares the S3 bucket, or looks whether it is ready

Options of migrate and retry (a run's defaults are the server's)
  --dry-run                         only tells what would be done
  --batch-size=50                   calls that a worker takes at a time, 1 to 1000
  --delay-ms=0                      between two batches
  --concurrency=10                  copies at once in each worker, 1 to 100
  --max-calls=N                     of the whole run
  --requests-per-minute=N           of all workers together
  --max-bytes-per-second=N          of all workers together
  --order=expiring-first            or newest-first, oldest-first
  --skip-uploaded                   leaves stored copies alone (the default)
  --no-skip-uploaded                verifies them too, and copies damaged ones again
  --only-errors=NOT_READY,…         only recordings whose latest error is one of these
  --provider=NAME --campaign=NAME   only their calls
  --started-after=2026-01-01        only calls that began then or later (UTC, or a time with its zone)
  --started-before=2026-02-01T00:00+05:30
  --quiet-hours=22:00-06:00@Asia/Kolkata   when nothing is copied
  --allow-concurrent                beside another live run of the same provider
  --detach                          does not wait for its end
Options of report
  --format=csv                      or ndjson
  -o, --output=FILE                 instead of standard output
Options of all
  --json                            a JSON object on each line, the result last
  --help, --version

Environment
  EARSHOT_URL                       http://localhost:4000
  EARSHOT_TOKEN                     an admin's token, or
  EARSHOT_EMAIL, EARSHOT_PASSWORD   to sign in with

On a terminal Ctrl-C pauses the run; a second one leaves at once.

Exit codes
  0    success
  1    the run is through, but some calls failed
  2    wrong usage
  3    a fault: the server refuses or cannot be reached, or the run stopped before its end
  130  paused by Ctrl-C
`;
