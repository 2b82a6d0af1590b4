import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type Mocha from 'mocha';

/** One test as it ended. */
export interface TestResult {
  state: 'passed' | 'failed' | 'pending';
  title: string;
  ms?: number;
  error?: string;
}

/** What a suite left behind; `ended` is false when its process went before the last test. */
export interface Results {
  tests: TestResult[];
  ended: boolean;
}

/** The environment variable that names the results file. */
export const resultsVariable = 'KUBEFLOW_TEST_RESULTS';

/** Writes each result as a line of JSON as soon as it is known, so that a suite that is ended by force leaves what it had. */
export function recordResults(runner: Mocha.Runner, file: string): void {
  writeFileSync(file, '');
  const record = (line: TestResult | { ended: true }) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  runner.on('pass', (test) => record({ state: 'passed', title: test.fullTitle(), ms: test.duration }));
  runner.on('pending', (test) => record({ state: 'pending', title: test.fullTitle() }));
  runner.on('fail', (test, error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    record({ state: 'failed', title: test.fullTitle(), error: text });
  });
  runner.on('end', () => record({ ended: true }));
}

/** The results in a file; none, and not ended, if there is no file. */
export function readResults(file: string): Results {
  if (!existsSync(file)) return { tests: [], ended: false };
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TestResult | { ended: true });
  return { tests: lines.filter((line) => 'state' in line), ended: lines.some((line) => 'ended' in line) };
}
