import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run with the one line that scripts read: `N passed, N failed`. */
export function summaryLine(): Reporter {
  const total = { passed: 0, failed: 0 };
  return {
    onInit() {
      process.once('exit', (code) => {
        // A run that broke outside of any test is a failure too, and must not look like none.
        if (code !== 0 && total.failed === 0) total.failed = 1;
        writeSync(process.stdout.fd, `${total.passed} passed, ${total.failed} failed\n`);
      });
    },
    onTestRunEnd(modules, unhandledErrors) {
      total.passed = modules.reduce((sum, module) => sum + countTests(module, 'passed'), 0);
      total.failed = modules.reduce((sum, module) => sum + countFailures(module), unhandledErrors.length);
    },
  };
}

// A file that does not load, or a hook that throws, fails without a failed test.
function countFailures(module: TestModule): number {
  return countTests(module, 'failed') || Number(module.state() === 'failed');
}

function countTests(module: TestModule, state: 'passed' | 'failed'): number {
  return [...module.children.allTests(state)].length;
}
