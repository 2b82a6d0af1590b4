import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { showProgress } from '../cluster/progress.ts';
import { cacheRoot, repository } from '../folders.ts';
import { installVscode } from '../vscode/install.ts';
import { makeProfile } from '../vscode/profile.ts';
import { openElsewhere, openInBrowser, packExtension } from './browserBased.ts';
import { hasDesktop, openDesktop } from './desktop.ts';
import { startOptions, type StartOptions } from './options.ts';
import { contextTarget, openLab, type StartTarget } from './target.ts';
import { demoWorkspace } from './workspace.ts';

// `npm start`: a cluster, VS Code on it with the extension built from this folder, until Ctrl+C.

const progress = showProgress(process.stdout);
const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
});
/** What has to be undone, last first. */
const undo: (() => Promise<void>)[] = [];

process.exitCode = await Promise.race([start(), interrupted])
  .then(() => 0)
  .catch((error: unknown) => {
    progress.end();
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  });
progress.end();
for (const step of undo.reverse()) await step();
process.exit();

async function start(): Promise<void> {
  const options = startOptions(process.argv.slice(2));
  const { target } = options;
  const name = target.kind === 'lab' ? `lab-${target.as}` : `context-${encodeURIComponent(target.name)}`;
  const settings = { 'workbench.startupEditor': 'readme' };
  const profile = await makeProfile({ folder: join(cacheRoot(), 'start', name), settings });
  const elsewhere = await openElsewhere(profile);
  if (elsewhere) return console.log(`It is open already: ${elsewhere}`);

  const workspace = await demoWorkspace(join(cacheRoot(), 'start', 'workspace'));
  const desktop = !options.browser && (await hasDesktop(process.env));
  const clusterOpen = openTarget(options, profile.folder);
  // A context that is not there is said at once; a lab comes up while VS Code is installed and the extension built.
  if (target.kind === 'context') await clusterOpen;
  const [cluster, open] = await Promise.all([clusterOpen, desktop ? prepareDesktop() : prepareBrowser()]);
  const opening = open(cluster);
  undo.push(async () => {
    const vscode = await opening.catch(() => undefined);
    if (!vscode) return;
    console.log('Closing VS Code');
    await vscode.close();
  });
  const vscode = await opening;
  progress.end();
  console.log(`\n${vscode.ready}\nReady, on ${cluster.description}. Ctrl+C ends it.`);
  await vscode.ended;

  async function prepareDesktop() {
    await promisify(execFile)(process.execPath, [join(repository, 'esbuild.mjs')]);
    return (on: StartTarget) => Promise.resolve(openDesktop(profile, repository, workspace, on));
  }

  async function prepareBrowser() {
    const install = await installVscode(progress.line);
    progress.line('Building the extension');
    const vsix = await packExtension(repository);
    return (on: StartTarget) => openInBrowser(install, profile, vsix, workspace, on);
  }
}

/** The cluster; what is brought up for it goes down when the start ends, however far it has come. */
async function openTarget({ target }: StartOptions, folder: string): Promise<StartTarget> {
  if (target.kind === 'context') return contextTarget(target.name, folder);
  const lab = await openLab(target.as, progress.line);
  undo.push(async () => {
    console.log('Taking the local Kubeflow down');
    await lab.end();
  });
  return lab.target;
}
