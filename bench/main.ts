import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultRun, repository } from '../lab/folders.ts';
import { startLab, stopLab } from '../lab/index.ts';
import { form } from './form.ts';
import { kernels } from './kernels.ts';
import type { Figure } from './measure.ts';
import { allSections, writePage, type Section } from './page.ts';
import { scale } from './scale.ts';
import { issueSize } from './scale/world.ts';
import { benchServer } from './server.ts';
import { sizes } from './sizes.ts';
import { table } from './table.ts';
import { tunnel } from './tunnel.ts';
import { workbench } from './workbench.ts';

// `npm run bench`: measures beside the peer in the same run, prints a table and writes docs/benchmarks.md. With names of
// sections (`npm run bench -- scale`) only those.

const run = defaultRun('bench');
const say = (line: string) => console.log(line);
const build = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: repository });
const end = () => stopLab(run).finally(() => rm(run, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().finally(() => process.exit(130)));

/** Packs the extension. @returns the .vsix */
async function packed(): Promise<string> {
  say('Packing the extension');
  const vsix = join(repository, 'kubeflow-notebooks.vsix');
  await build(join(repository, 'package.mjs'), vsix);
  return vsix;
}

const measures: Record<Section, () => Promise<Figure[]>> = {
  use: async () => {
    const vsix = await packed();
    const lab = await startLab({ run, progress: say });
    const boot: Figure = {
      what: 'lab boot, once built',
      value: lab.bootSeconds,
      unit: 's',
      budget: { value: 15, of: 'value' },
    };
    const server = await benchServer(lab);
    say('Measuring the tunnel');
    const figures = [boot, ...(await tunnel(lab, server))];
    say('Measuring in VS Code');
    return [...figures, ...(await workbench(lab, server)), ...(await sizes(vsix))];
  },
  kernels: async () => {
    await packed();
    return kernels(await startLab({ run, progress: say }), say);
  },
  form: async () => {
    await packed();
    return form(await startLab({ run, progress: say }), say);
  },
  scale: async () => {
    await packed();
    await build(join(repository, 'esbuild.mjs'), '--bench');
    return scale(await startLab({ run, progress: say }), issueSize, say);
  },
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !allSections.includes(name as Section));
if (unknown !== undefined) {
  say(`There is no section ${unknown}; there are ${allSections.join(', ')}.`);
  process.exit(2);
}
try {
  const tables: Partial<Record<Section, string>> = {};
  for (const name of allSections) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    tables[name] = table(await measures[name]());
    say(`\n${tables[name]}\n`);
    await end();
  }
  await writePage(tables);
} finally {
  await end();
}
process.exit();
