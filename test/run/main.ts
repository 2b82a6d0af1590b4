import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SharedLab } from './lab.ts';
import { runSuite, type Outcome } from './runSuite.ts';
import { logsVariable, prepareSearch, searchSecrets } from './secrets.ts';
import { suites, type Suite } from './suites.ts';

// `npm test` runs all suites, `npm test -- unit host` some. One lab serves them all. A failed suite does not keep the next from
// running, and the last line alone says how it went: "N passed, N failed".

const say = (line: string) => console.log(line);
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ended.abort());

const names = process.argv.slice(2);
const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}; there are ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}

const logs = await mkdtemp(join(tmpdir(), 'kubeflow-test-logs-'));
await prepareSearch(logs);
process.env[logsVariable] = logs;
const lab = new SharedLab((line) => say(`  ${line}`));
const outcomes: Outcome[] = [];
try {
  for (const suite of suites.filter(({ name }) => names.length === 0 || names.includes(name))) {
    if (ended.signal.aborted) break;
    outcomes.push(await announce(suite));
  }
} finally {
  try {
    await lab.down(outcomes.some(({ failed }) => failed > 0));
  } catch (error) {
    outcomes.push({
      name: 'lab',
      passed: 0,
      failed: 1,
      skipped: 0,
      seconds: 0,
      problems: [`not taken down: ${String(error)}`],
    });
  }
}
if (outcomes.some(({ name }) => name !== 'unit')) outcomes.push(await search());
if (outcomes.every(({ failed }) => failed === 0)) await rm(logs, { recursive: true, force: true });
summarize();

/** No log of any suite holds a secret: a test of its own, over what all suites left. */
async function search(): Promise<Outcome> {
  const began = performance.now();
  const { logs: files, secrets, finds } = await searchSecrets(logs);
  // Without logs or secrets the search would find nothing for a bad reason.
  const problems = files > 0 && secrets > 0 ? finds : [`there were ${files} logs and ${secrets} secrets to look for`];
  say(`\n=== secrets\n  ${files} logs searched for ${secrets} secrets`);
  const seconds = (performance.now() - began) / 1000;
  const [passed, failed] = problems.length === 0 ? [1, 0] : [0, problems.length];
  return { name: 'secrets', passed, failed, skipped: 0, seconds, problems };
}

function announce(suite: Suite): Promise<Outcome> {
  say(`\n=== ${suite.name}`);
  return runSuite(suite, { lab, signal: ended.signal, progress: (line) => say(`  ${line}`) });
}

function summarize(): void {
  say('\n=== summary');
  for (const { name, passed, failed, skipped, seconds, problems } of outcomes) {
    const some = skipped > 0 ? `, ${skipped} skipped` : '';
    say(`${name.padEnd(8)} ${passed} passed, ${failed} failed${some} (${seconds.toFixed(0)} s)`);
    for (const problem of problems) say(`  ✖ ${problem}`);
  }
  if (ended.signal.aborted) say('Ended before all suites had run.');
  const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  say(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exit(ended.signal.aborted ? 130 : sum('failed') > 0 || outcomes.length === 0 ? 1 : 0);
}
