/**
 * What runs in the sign-in terminal (dist/signIn.cjs): starts the plugin with the terminal as its stdin and stderr, and
 * hands what it prints to the extension. Started by VS Code's own Node; knows nothing but where the extension listens.
 */
import { spawn } from 'node:child_process';
import net from 'node:net';
import { maxOutput, type PluginEnd } from '../k8s/pluginProcess.ts';
import { withVariables } from '../k8s/programPath.ts';
import {
  addressVariable,
  jsonLine,
  JsonLines,
  longestMessage,
  secretVariable,
  type Farewell,
  type SignInTask,
} from './signInProtocol.ts';

const { [addressVariable]: address = '', [secretVariable]: secret = '' } = process.env;

const socket = net.connect(address);
const lines = new JsonLines(longestMessage);
let stop: (() => void) | undefined;
let said = false;

socket.setEncoding('utf8');
socket.once('connect', () => socket.write(jsonLine({ secret })));
socket.on('data', (text: string) => {
  for (const message of lines.add(text) as (SignInTask | Farewell)[]) {
    if ('say' in message) farewell(message.say);
    else void run(message).then((end) => socket.write(jsonLine({ end })));
  }
});
socket.on('error', () => socket.destroy());
// The extension has gone, or has called it off: nobody waits for the plugin any more.
socket.on('close', () => {
  if (said) return;
  stop?.();
  process.exitCode = 1;
});
// Ctrl+C is meant for the plugin, which gets it too.
process.on('SIGINT', () => undefined);

function run(task: SignInTask): Promise<PluginEnd> {
  process.stderr.write(`${task.begin}\n\n`);
  return new Promise((resolve) => {
    const child = spawn(task.file, task.args, {
      env: environment(task),
      stdio: ['inherit', task.capture ? 'pipe' : 'inherit', 'inherit'],
      windowsVerbatimArguments: task.windowsVerbatimArguments,
    });
    stop = () => child.kill();
    const parts: Buffer[] = [];
    let size = 0;
    child.stdout?.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= maxOutput) return void parts.push(part);
      child.kill();
      resolve({ kind: 'flood' });
    });
    child.on('error', ({ message, code }: NodeJS.ErrnoException) =>
      resolve({ kind: 'unstarted', error: { message, code } }),
    );
    child.once('close', (code, signal) => {
      stop = undefined;
      const stdout = Buffer.concat(parts).toString('utf8');
      if (code === null) resolve({ kind: 'killed', by: signal ?? 'a signal', stderr: '' });
      else resolve({ kind: 'exit', code, stdout, stderr: '' });
    });
  });
}

/** The terminal's variables (it may know how to open a browser) under those of the plugin, without what made Node of VS Code. */
function environment({ env }: SignInTask): NodeJS.ProcessEnv {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value: value ?? '' }));
  const made = withVariables(process.env, variables, process.platform);
  for (const name of ['ELECTRON_RUN_AS_NODE', addressVariable, secretVariable]) delete made[name];
  return made;
}

/** The last words stay readable until a key is pressed or the terminal is closed. */
function farewell(text: string): void {
  said = true;
  process.stderr.write(`\n${text}\n`);
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.once('data', () => process.exit());
}
