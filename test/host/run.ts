import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { repository } from '../../lab/folders.ts';
import { readResults, resultsVariable } from '../run/results.ts';

// Runs the suite in a VS Code: the desktop one that VSCODE_BIN names, or the browser-based one as its stand-in.

const workspace = await mkdtemp(join(tmpdir(), 'kubeflow-host-'));
const results = (process.env[resultsVariable] ??= join(workspace, 'results'));
try {
  process.exitCode = await runTests({
    vscodeExecutablePath: process.env['VSCODE_BIN'] ?? join(repository, 'test', 'host', 'code.mjs'),
    extensionDevelopmentPath: [repository, join(repository, 'out', 'test', 'jupyterExtension')],
    extensionTestsPath: join(repository, 'out', 'test', 'host', 'index.cjs'),
    launchArgs: [workspace, '--disable-extensions', `--user-data-dir=${join(workspace, '.user-data')}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  const marks = { passed: '✔', failed: '✖', pending: '-' };
  for (const { state, title, ms, error } of readResults(results).tests)
    console.log(
      `  ${marks[state]} ${title}${ms ? ` (${ms} ms)` : ''}${error ? `\n${error.replace(/^/gm, '      ')}` : ''}`,
    );
  await rm(workspace, { recursive: true, force: true });
}
