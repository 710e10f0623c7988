/** Ends every run with one plain line that people and CI can count on: `N passed, N failed, N skipped`. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const failedToRun = results.numRuntimeErrorTestSuites;
    const failed = results.numFailedTests + failedToRun;
    const skipped = results.numPendingTests + results.numTodoTests;
    // After the default reporter's own summary, which goes to stderr as this does.
    process.stderr.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
