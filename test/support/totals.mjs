// A Web Test Runner reporter that ends the output with the sums that test/run.mjs reads.
export const totals = {
  onTestRunFinished({ sessions }) {
    let passed = 0;
    let failed = 0;
    const count = (suite) => {
      // A skipped test is a failed one: it proves nothing.
      for (const test of suite?.tests ?? []) test.passed && !test.skipped ? passed++ : failed++;
      for (const inner of suite?.suites ?? []) count(inner);
    };
    for (const session of sessions) {
      const before = failed;
      count(session.testResults);
      // The file itself broke: it didn't load, hung, or threw outside a test.
      if (!session.passed && failed === before) failed++;
    }
    process.stdout.write(`\nweb tests: ${passed} passed, ${failed} failed\n`);
  },
};
