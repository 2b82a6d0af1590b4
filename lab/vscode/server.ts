import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { VscodeInstall } from './install.ts';
import type { Profile } from './profile.ts';

export interface VscodeServer {
  /** http://127.0.0.1:PORT/ */
  url: string;
  pid: number;
  /** What the server printed, a file in the profile. */
  log: string;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  /** Ends the server and everything that it started. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Added to the environment of the server, and so of the extension host. */
  env?: NodeJS.ProcessEnv;
  /** The extension host's home; the profile's own unless given. */
  home?: string;
  port?: number;
  /** Lets the workbench load an extension from a folder and run its test suite; a built VS Code ignores both otherwise. */
  smokeTestDriver?: boolean;
  /** Folders count as trusted unless this is set. */
  asksForTrust?: boolean;
}

/**
 * Starts the browser-based VS Code on 127.0.0.1. It asks for no password: whoever may reach loopback is this computer's own
 * user, as with a desktop VS Code's debugging ports; so never give it another address.
 */
export async function startServer(
  vscode: VscodeInstall,
  profile: Profile,
  o: ServerOptions = {},
): Promise<VscodeServer> {
  const args = [
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${o.port ?? 0}`, ...profileArgs(profile)],
    ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
    ...(o.asksForTrust ? [] : ['--disable-workspace-trust']),
    ...(o.smokeTestDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const log = join(profile.folder, 'server.log');
  const child = spawn(vscode.node, [vscode.entry, ...args], {
    env: serverEnv(profile, o),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group: stop() reaches the extension host and the terminals too, and a Ctrl+C reaches us first.
    detached: true,
  });
  // The last resort, for a caller that ends before it could stop the server.
  const orphaned = () => signalGroup(child.pid!, 'SIGTERM');
  process.once('exit', orphaned);
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      process.off('exit', orphaned);
      resolve();
    }),
  );
  const stop = async () => {
    await endGroup(child.pid!);
    await ended;
  };
  try {
    return { url: await listening(child, log), pid: child.pid!, log, ended, stop };
  } catch (error) {
    if (child.pid) await endGroup(child.pid);
    throw error;
  }
}

/** Installs a .vsix into the profile. */
export async function installVsix(vscode: VscodeInstall, profile: Profile, vsix: string): Promise<void> {
  const child = spawn(vscode.node, [vscode.entry, ...profileArgs(profile), '--install-extension', vsix, '--force'], {
    env: serverEnv(profile, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`VS Code did not install ${vsix}:\n${said}`);
}

/** For `workbenchUrl`: everything that the extension logs is written down, as with *Developer: Set Log Level...* */
export const traceOurs: [string, string] = ['logLevel', 'kubeflow-notebooks.kubeflow-notebooks=trace'];

/** The workbench's address with a folder open. @param payload pairs that VS Code's web workbench understands */
export function workbenchUrl(
  server: { url: string },
  o: { folder?: string; payload?: [string, string][] } = {},
): string {
  const url = new URL(server.url);
  if (o.folder) url.searchParams.set('folder', o.folder);
  else url.searchParams.set('ew', 'true');
  if (o.payload?.length) url.searchParams.set('payload', JSON.stringify(o.payload));
  return url.toString();
}

const profileArgs = (profile: Profile) => [
  ...['--config', join(profile.folder, 'config.yaml')],
  ...['--user-data-dir', profile.userData, '--extensions-dir', profile.extensions],
];

function serverEnv(profile: Profile, o: ServerOptions): NodeJS.ProcessEnv {
  const env = { ...process.env, HOME: o.home ?? profile.home, EXTENSIONS_GALLERY: '{}', ...o.env };
  // Each of these, when inherited (from another VS Code's terminal, from npm), would change what the server does.
  const foreign = /^(VSCODE_|ELECTRON_|npm_|CODE_SERVER_|PORT$|PASSWORD$|HASHED_PASSWORD$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}

/** The address that the server prints once it listens; everything it prints goes to the log. */
function listening(child: ChildProcess, log: string): Promise<string> {
  const out = createWriteStream(log, { flags: 'w' });
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (data: Buffer) => {
      out.write(data);
      if (said.length < 100_000) said += data.toString();
      const address = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (address) resolve(`${address}/`);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      out.end();
      reject(new Error(`VS Code's server ended with ${code} before it listened:\n${said.slice(-2000)}`));
    });
  });
}

async function endGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  for (let tries = 0; tries < 50 && signalGroup(pid, 0); tries++) await delay(100);
  signalGroup(pid, 'SIGKILL');
}

/** False if the group has no process any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** The last part of the server's log, for an error's report. */
export async function logTail(server: { log: string }, characters = 4000): Promise<string> {
  return (await readFile(server.log, 'utf8')).slice(-characters);
}
