import { join } from 'node:path';

/** What a suite runs and what it needs before. */
export interface Suite {
  name: 'unit' | 'cluster' | 'host' | 'e2e';
  needs: readonly ('lab' | 'vscode' | 'vsix')[];
  limitMinutes: number;
  /** Arguments of Node. */
  args: readonly string[];
}

const mocha = (name: string, timeoutSeconds: number): string[] => [
  ...['--import', 'tsx', join('node_modules', 'mocha', 'bin', 'mocha.js'), '--reporter', './test/run/reporter.cjs'],
  // --exit: a handle that a test forgot fails no run, but must not hold it up either.
  ...['--timeout', String(timeoutSeconds * 1000), '--exit', `test/${name}/**/*.test.ts`],
];

export const suites: readonly Suite[] = [
  { name: 'unit', needs: [], limitMinutes: 8, args: mocha('unit', 20) },
  { name: 'cluster', needs: ['lab'], limitMinutes: 35, args: mocha('cluster', 120) },
  { name: 'host', needs: ['lab', 'vscode'], limitMinutes: 15, args: ['--import', 'tsx', 'test/host/run.ts'] },
  { name: 'e2e', needs: ['lab', 'vscode', 'vsix'], limitMinutes: 30, args: mocha('e2e', 180) },
];

/** Checks of the sources that count as tests of the unit suite. */
export const checks: readonly { name: string; args: readonly string[] }[] = [
  { name: 'types', args: [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit'] },
  { name: 'lint', args: [join('node_modules', 'eslint', 'bin', 'eslint.js'), '.'] },
  {
    name: 'format',
    args: [join('node_modules', 'prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'],
  },
];
