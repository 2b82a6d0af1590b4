import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

/** Where programs are looked for. */
export interface ProgramPlace {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Folders that count before those of PATH; those that are not absolute are left out. */
  folders?: readonly string[];
  /** Only tests say something else: whether a file is there and may be run. */
  isProgram?: (file: string) => Promise<boolean>;
}

/** How a found program is started: what `child_process.spawn` wants. */
export interface CommandLine {
  file: string;
  args: string[];
  windowsVerbatimArguments: boolean;
}

/**
 * The file behind a command, by the rules of the system: PATH, on Windows also PATHEXT. A command with a folder in it is
 * looked for there alone. As in Go's os/exec (so in kubectl) nothing in the current folder counts.
 * @returns an absolute path; undefined when there is no such program
 */
export async function findProgram(command: string, place: ProgramPlace): Promise<string | undefined> {
  const windows = place.platform === 'win32';
  const paths = windows ? path.win32 : path.posix;
  const isProgram = place.isProgram ?? ((file) => mayRun(file, windows));
  const hasFolder = command.includes('/') || (windows && /[\\:]/.test(command));
  const starts = hasFolder
    ? [command].filter((file) => paths.isAbsolute(file))
    : searchFolders(place).map((folder) => paths.join(folder, command));
  for (const start of starts) {
    for (const file of windows ? withExtensions(start, place.env) : [start]) if (await isProgram(file)) return file;
  }
  return undefined;
}

/** An environment whose PATH begins with the folders, so that what a plugin starts itself is found there too. */
export function withFolders({ env, platform, folders = [] }: ProgramPlace): NodeJS.ProcessEnv {
  if (folders.length === 0) return { ...env };
  const { delimiter } = platform === 'win32' ? path.win32 : path.posix;
  const before = variable(env, 'PATH', platform);
  const whole = [...folders, ...(before ? [before] : [])].join(delimiter);
  return withVariables(env, [{ name: 'PATH', value: whole }], platform);
}

/** An environment with these variables set; on Windows their case does not count. */
export function withVariables(
  env: NodeJS.ProcessEnv,
  variables: readonly { name: string; value: string }[],
  platform: NodeJS.Platform,
): NodeJS.ProcessEnv {
  const made = { ...env };
  for (const { name, value } of variables) {
    if (platform === 'win32') for (const key of Object.keys(made)) if (same(key, name)) delete made[key];
    made[name] = value;
  }
  return made;
}

/**
 * How to start a program. Node starts no batch file by itself (CVE-2024-27980): they go through cmd.exe, with every
 * character that means something there escaped, so that each argument arrives as it is.
 */
export function commandLine(
  file: string,
  args: readonly string[],
  { env, platform }: Pick<ProgramPlace, 'env' | 'platform'>,
): CommandLine {
  if (platform !== 'win32' || !/\.(cmd|bat)$/i.test(file)) {
    return { file, args: [...args], windowsVerbatimArguments: false };
  }
  const line = [escaped(file), ...args.map((argument) => escaped(quoted(argument)))].join(' ');
  const shell = variable(env, 'ComSpec', platform) ?? 'cmd.exe';
  return { file: shell, args: ['/d', '/s', '/c', `"${line}"`], windowsVerbatimArguments: true };
}

/** By the rules of Windows' C runtime: backslashes count double before a quote. */
function quoted(argument: string): string {
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

function escaped(text: string): string {
  return text.replace(/[()[\]%!^"`<>&|;,*? ]/g, '^$&');
}

function searchFolders(place: ProgramPlace): string[] {
  const paths = place.platform === 'win32' ? path.win32 : path.posix;
  const listed = (variable(place.env, 'PATH', place.platform) ?? '').split(paths.delimiter);
  // On Windows a folder with a semicolon in its name stands in quotes.
  const plain = place.platform === 'win32' ? listed.map((folder) => folder.replace(/"/g, '')) : listed;
  return [...(place.folders ?? []), ...plain].filter((folder) => paths.isAbsolute(folder));
}

/** A name with an extension is tried as it is first, then with each of PATHEXT: `foo.bat.exe` is a program too. */
function withExtensions(file: string, env: NodeJS.ProcessEnv): string[] {
  const extensions = (variable(env, 'PATHEXT', 'win32') || '.COM;.EXE;.BAT;.CMD')
    .split(';')
    .filter((extension) => extension !== '')
    .map((extension) => (extension.startsWith('.') ? extension : `.${extension}`).toLowerCase());
  return [...(path.win32.extname(file) ? [file] : []), ...extensions.map((extension) => file + extension)];
}

function variable(env: NodeJS.ProcessEnv, name: string, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'win32') return env[name];
  const key = Object.keys(env).find((candidate) => same(candidate, name));
  return key === undefined ? undefined : env[key];
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function mayRun(file: string, windows: boolean): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    await access(file, windows ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: the next folder may have one.
    return false;
  }
}
