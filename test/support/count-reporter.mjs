/** Ends every run with one plain line that people and CI can count on: `N passed, N failed, N skipped`. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests, numTodoTests } =
      results;
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const line = `${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped\n`;
    // Behind jest's own summary, which the default reporter writes later.
    process.once('exit', () => process.stdout.write(line));
  }
}
