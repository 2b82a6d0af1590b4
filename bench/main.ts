import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultRun, repository } from '../lab/folders.ts';
import { startLab, stopLab } from '../lab/index.ts';
import type { Figure } from './measure.ts';
import { benchServer } from './server.ts';
import { sizes } from './sizes.ts';
import { table } from './table.ts';
import { tunnel } from './tunnel.ts';
import { workbench } from './workbench.ts';

// `npm run bench`: measures beside the peer in the same run, prints a table and writes docs/benchmarks.md.

const run = defaultRun('bench');
const say = (line: string) => console.log(line);
const end = () => stopLab(run).finally(() => rm(run, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().finally(() => process.exit(130)));

try {
  say('Packing the extension');
  const vsix = join(repository, 'kubeflow-notebooks.vsix');
  await promisify(execFile)(process.execPath, [join(repository, 'package.mjs'), vsix]);
  const lab = await startLab({ run, progress: say });
  const figures: Figure[] = [
    { what: 'lab boot, once built', value: lab.bootSeconds, unit: 's', budget: { value: 15, of: 'value' } },
  ];
  const server = await benchServer(lab);
  say('Measuring the tunnel');
  figures.push(...(await tunnel(lab, server)));
  say('Measuring in VS Code');
  figures.push(...(await workbench(lab, server)), ...(await sizes(vsix)));

  const result = table(figures);
  say(`\n${result}`);
  await writeFile(join(repository, 'docs', 'benchmarks.md'), page(result));
} finally {
  await end();
}
process.exit();

function page(result: string): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `# Benchmarks

\`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${processor}), ${memory} GB, Linux ${release()}, Node ${process.versions.node}.

${result}

Everything runs on this one computer: the control plane, Jupyter, VS Code and the browser share its cores, so absolute times say little about
another one. What is *beside it* was measured in turns in the same run; each figure is a median, the first turn does not count. The tunnel
leads to a program that sends bytes as fast as it is asked to, behind the same pod for both, through the API server's address that is not
loopback to VS Code. The cell prints one line; *direct connection* is a bare notebook controller in the same window with a WebSocket straight to the same Jupyter.
`;
}
