import { SharedLab } from './lab.ts';
import { runSuite, type Outcome } from './runSuite.ts';
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
summarize();

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
