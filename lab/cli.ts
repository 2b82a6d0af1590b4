// npm run lab -- up | down | status | kubeconfig [USER]
import { parseArgs } from 'node:util';
import { showProgress } from './cluster/progress.ts';
import { defaultRun } from './folders.ts';
import { attachLab, labState, startLab, stopLab, type LabOptions, type Person } from './index.ts';
import { people } from './types.ts';

const usage = `A local Kubeflow for development and tests.

  npm run lab -- up [options]        bring it up; what is missing is built first
  npm run lab -- down                take it down
  npm run lab -- status              what runs, and where
  npm run lab -- kubeconfig [USER]   the path of a kubeconfig: ${people.join(', ')} (default: alice)

  --run NAME                 another lab beside the default one
  --storage default|static   static: one hostPath volume, no provisioner
  --ready-before-answering   pods are Ready 3 s before Jupyter answers
  --pod-network              the API server reaches pods at their addresses: pods/proxy works
  --cull IDLE,CHECK          stop servers idle for so many minutes, looking every CHECK minutes`;

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      run: { type: 'string', default: 'default' },
      storage: { type: 'string' },
      'ready-before-answering': { type: 'boolean' },
      'pod-network': { type: 'boolean' },
      cull: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [command, ...rest] = positionals;
  const run = values.run.includes('/') ? values.run : defaultRun(values.run);
  if (values.help) return console.log(usage);
  switch (command) {
    case 'up':
      return up({
        run,
        ...(values.storage && { storage: oneOf(values.storage, ['default', 'static']) }),
        ...(values['ready-before-answering'] && { readyBeforeAnswering: true }),
        ...(values['pod-network'] && { podNetwork: true }),
        ...(values.cull && { culling: culling(values.cull) }),
      });
    case 'down':
      return console.log((await stopLab(run)) ? 'The lab is down.' : 'No lab is up.');
    case 'status':
      return status(run);
    case 'kubeconfig': {
      const who = oneOf(rest[0] ?? 'alice', people);
      const lab = await attachLab(run);
      if (!lab) throw new Error('No lab is up. Start it with: npm run lab -- up');
      return console.log(lab.kubeconfig(who));
    }
    default:
      throw new UsageError(command ? `There is no command "${command}".` : 'Say what to do.');
  }
}

async function up(options: LabOptions): Promise<void> {
  const shown = showProgress(process.stdout);
  const interrupted = () => {
    shown.end();
    void stopLab(options.run).finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const lab = await startLab({ ...options, progress: shown.line });
    shown.line(`The lab is up at ${lab.server} (after ${lab.bootSeconds.toFixed(1)} s).`);
    shown.line(`export KUBECONFIG=${lab.kubeconfig('alice' satisfies Person)}`);
  } finally {
    shown.end();
  }
}

async function status(run: string): Promise<void> {
  const state = await labState(run);
  if (!state) {
    console.log('No lab is up.');
    process.exitCode = 1;
    return;
  }
  const { ports } = state;
  const lines: [string, string | undefined][] = [
    ['Phase', state.phase],
    ['Problem', state.problem],
    ['Run folder', run],
    ['Started', `${state.startedAt} (process ${state.pid})`],
    ['Boot', state.bootSeconds === undefined ? undefined : `${state.bootSeconds.toFixed(1)} s`],
    ['API server', `https://127.0.0.1:${ports.api}, https://127.0.0.2:${ports.api}`],
    ['Fault proxy', `https://127.0.0.1:${ports.proxy}`],
    [
      'Versions',
      Object.entries(state.versions)
        .map((entry) => entry.join(' '))
        .join(', '),
    ],
    ['Storage', state.settings.storage],
    ['Culling', state.settings.culling ? `after ${state.settings.culling.idleMinutes} min` : 'off'],
  ];
  for (const [label, text] of lines) if (text) console.log(`${`${label}:`.padEnd(13)}${text}`);
  if (state.phase === 'failed') process.exitCode = 1;
}

function oneOf<const T extends string>(text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (!found) throw new UsageError(`"${text}" is none of: ${choices.join(', ')}.`);
  return found;
}

function culling(text: string): { idleMinutes: number; checkMinutes: number } {
  const [idleMinutes = NaN, checkMinutes = 1] = text.split(',').map(Number);
  if (!(idleMinutes > 0 && checkMinutes > 0)) throw new UsageError(`"${text}" is not IDLE,CHECK in minutes.`);
  return { idleMinutes, checkMinutes };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  const misused =
    error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
  if (misused) console.error(`\n${usage}`);
  process.exitCode = 1;
}
