import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { repository } from '../../lab/folders.ts';
import { attachLab, type Lab } from '../../lab/index.ts';
import type { Person } from '../../lab/types.ts';
import { launchBrowser } from '../../lab/vscode/browser.ts';
import { installVscode } from '../../lab/vscode/install.ts';
import { keepLogs, makeProfile, type Profile } from '../../lab/vscode/profile.ts';
import { installVsix, startServer, traceOurs, workbenchUrl } from '../../lab/vscode/server.ts';
import { keepForSearch } from '../run/secrets.ts';
import { shoot } from './shots.ts';
import { Workbench } from './workbench.ts';

const settings = {
  'workbench.colorTheme': 'Dark Modern',
  // Code is put into cells as it is to stand there.
  'editor.autoIndent': 'none',
  'editor.autoClosingBrackets': 'never',
  'editor.autoClosingQuotes': 'never',
  // A terminal's text is text then, and no picture of it.
  'terminal.integrated.gpuAcceleration': 'off',
};

/** Nothing is asked: the window just opens without trust. */
const untrusted = { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' };

export interface SessionOptions {
  viewport?: { width: number; height: number };
  /** Further packed extensions. */
  extensions?: readonly string[];
  /** Added to the extension host's environment. */
  env?: NodeJS.ProcessEnv;
  /** Further settings of VS Code. */
  settings?: Record<string, unknown>;
  /** Settings of the computer that VS Code's server runs on: those of scope `machine` count only there. */
  machineSettings?: Record<string, unknown>;
  lab?: Lab;
  /** By way of the lab's fault proxy. */
  at?: 'proxy';
  /** The workspace is one that VS Code does not trust. */
  untrusted?: boolean;
  /** Files of the workspace, by name, beside those of the demo. */
  files?: Record<string, string>;
}

/** A VS Code with the packed extension installed, open on the lab as one of its people. */
export class Session {
  private constructor(
    readonly lab: Lab,
    readonly workbench: Workbench,
    private readonly profile: Profile,
    private readonly undo: (() => Promise<unknown>)[],
  ) {}

  /** KUBEFLOW_LAB_RUN names the lab, KUBEFLOW_VSIX the packed extension (as `npm test` sets them). */
  static async open(person: Person, o: SessionOptions = {}): Promise<Session> {
    const lab = o.lab ?? (await attachLab());
    if (!lab) throw new Error('No lab is up: run `npm test -- e2e`, or `npm run lab -- up` first.');
    const vsix = process.env['KUBEFLOW_VSIX'] ?? join(repository, 'kubeflow-notebooks.vsix');
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const workspace = await mkdtemp(join(tmpdir(), 'kubeflow-e2e-'));
      undo.push(() => rm(workspace, { recursive: true, force: true }));
      await cp(join(repository, 'lab', 'start', 'demo'), workspace, { recursive: true });
      for (const [name, text] of Object.entries(o.files ?? {})) {
        await mkdir(dirname(join(workspace, name)), { recursive: true });
        await writeFile(join(workspace, name), text);
      }
      const vscode = await installVscode();
      const profile = await makeProfile({
        settings: { ...settings, ...(o.untrusted ? untrusted : {}), ...o.settings },
      });
      undo.push(() => profile.remove());
      await mkdir(join(profile.userData, 'Machine'), { recursive: true });
      const ofMachine = join(profile.userData, 'Machine', 'settings.json');
      await writeFile(ofMachine, JSON.stringify(o.machineSettings ?? {}));
      for (const each of [vsix, ...(o.extensions ?? [])]) await installVsix(vscode, profile, each);
      const server = await startServer(vscode, profile, {
        env: { KUBECONFIG: lab.kubeconfig(person, { at: o.at }), ...o.env },
        asksForTrust: o.untrusted,
      });
      undo.push(() => server.stop());
      const browser = await launchBrowser(profile, { viewport: o.viewport });
      undo.push(() => browser.close());
      const workbench = await Workbench.open(
        browser,
        workbenchUrl(server, { folder: workspace, payload: [traceOurs] }),
      );
      return new Session(lab, workbench, profile, undo);
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** The extension's folder that all windows share. */
  get globalStorage(): string {
    return join(this.profile.userData, 'User', 'globalStorage', 'kubeflow-notebooks.kubeflow-notebooks');
  }

  /** What VS Code keeps of editors that are not saved: a file for each. */
  get backups(): string[] {
    const folder = join(this.profile.userData, 'User', 'Backups');
    if (!existsSync(folder)) return [];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  /** For a failed test: what was on the screen, and VS Code's logs. */
  async failed(title: string): Promise<void> {
    await shoot(this.workbench.page, `failed-${title.replace(/\W+/g, '-')}`);
    await keepLogs(this.profile, 'e2e');
  }

  async close(): Promise<void> {
    await keepForSearch(join(this.profile.userData, 'logs'), `e2e-${basename(this.profile.folder)}`);
    await undoAll(this.undo);
  }
}

async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (let step = undo.pop(); step; step = undo.pop()) await step();
}
