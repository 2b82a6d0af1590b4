import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../lab/folders.ts';
import { installVscode } from '../../lab/vscode/install.ts';
import { runChild } from './child.ts';
import { ensureChromium } from './chromium.ts';
import type { SharedLab } from './lab.ts';
import { readResults, resultsVariable } from './results.ts';
import { checks, type Suite } from './suites.ts';

/** How a suite went, in the numbers of the summary. */
export interface Outcome {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** One line for each failed test, or why the suite did not run. */
  problems: string[];
}

export interface SuiteContext {
  lab: SharedLab;
  signal: AbortSignal;
  progress: (line: string) => void;
}

/** Runs one suite with what it needs. Never rejects: a suite that cannot start, or does not end, is one failed test. */
export async function runSuite(suite: Suite, context: SuiteContext): Promise<Outcome> {
  const began = performance.now();
  const outcome: Outcome = { name: suite.name, passed: 0, failed: 0, skipped: 0, seconds: 0, problems: [] };
  try {
    if (suite.name === 'unit') await runChecks(outcome, context);
    const env = await provide(suite, context);
    await runTests(suite, env, outcome, context);
  } catch (error) {
    outcome.failed++;
    outcome.problems.push(error instanceof Error ? error.message : String(error));
  }
  outcome.seconds = (performance.now() - began) / 1000;
  return outcome;
}

async function runChecks(outcome: Outcome, { signal, progress }: SuiteContext): Promise<void> {
  for (const check of checks) {
    const result = await runChild(process.execPath, check.args, {
      cwd: repository,
      limitMs: 5 * 60_000,
      show: false,
      signal,
    });
    progress(`  ${result.code === 0 ? '✔' : '✖'} ${check.name}`);
    if (result.code === 0) outcome.passed++;
    else {
      outcome.failed++;
      outcome.problems.push(`${check.name}: see above`);
      progress(result.output);
    }
  }
}

/** Brings up what the suite needs; the environment tells the suite where it is. */
async function provide(suite: Suite, { lab, progress, signal }: SuiteContext): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {};
  if (suite.needs.includes('vscode')) {
    await ensureChromium(progress);
    await installVscode(progress);
  }
  if (suite.needs.includes('vsix')) {
    await rm(join(repository, 'test', 'shots'), { recursive: true, force: true });
    const vsix = join(repository, 'kubeflow-notebooks.vsix');
    await must('packaging', ['package.mjs', vsix], signal);
    env['KUBEFLOW_VSIX'] = vsix;
  }
  if (suite.name === 'host') await must('building', ['esbuild.mjs', '--tests'], signal);
  if (suite.needs.includes('lab')) env['KUBEFLOW_LAB_RUN'] = await lab.ready();
  return env;
}

async function must(what: string, args: string[], signal: AbortSignal): Promise<void> {
  const result = await runChild(process.execPath, args, { cwd: repository, limitMs: 5 * 60_000, show: false, signal });
  if (result.code !== 0) throw new Error(`${what} ended with ${result.code}:\n${result.output.slice(-3000)}`);
}

async function runTests(suite: Suite, env: NodeJS.ProcessEnv, outcome: Outcome, context: SuiteContext): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kubeflow-test-'));
  const file = join(folder, 'results');
  try {
    const { code, timedOut } = await runChild(process.execPath, suite.args, {
      cwd: repository,
      limitMs: suite.limitMinutes * 60_000,
      show: true,
      signal: context.signal,
      env: { ...env, [resultsVariable]: file },
    });
    const { tests, ended } = readResults(file);
    for (const test of tests) {
      if (test.state === 'passed') outcome.passed++;
      else if (test.state === 'pending') outcome.skipped++;
      else {
        outcome.failed++;
        outcome.problems.push(test.title);
      }
    }
    const why = timedOut
      ? `not done after ${suite.limitMinutes} minutes`
      : !ended || tests.length === 0
        ? `ended with ${code} ${tests.length === 0 ? 'before its first test' : 'before its last test'}`
        : code !== 0 && outcome.failed === 0
          ? `ended with ${code}`
          : undefined;
    if (why) {
      outcome.failed++;
      outcome.problems.push(why);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
