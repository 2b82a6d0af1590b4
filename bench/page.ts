import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { repository } from '../lab/folders.ts';

/** The parts of the bench, each of which can be run alone: what its section of the page is called, and what it says. */
const sections = {
  use: {
    title: 'In use',
    notes: `The tunnel leads to a program that sends bytes as fast as it is asked to, behind the same pod for both, through the API server's
address that is not loopback to VS Code.`,
  },
  kernels: {
    title: 'Kernels and files',
    notes: `One notebook server, reached through the API server's address that is not loopback to VS Code. *Direct connection* is a bare
notebook controller in the same window, on the same notebook, with a WebSocket straight to the same Jupyter; *JupyterLab* is that Jupyter's
own page, opened straight from it in the same Chromium. A click's moment and that of its output are taken within the pages. Jupyter's limit
of 1 MB a second of output is lifted for all of them, as is JupyterLab's of 50 outputs a cell; ours keeps the first 1 MB and the last 4 MB of
what is printed in the cell and the whole in a file. *Held* is the processor time of the extension host's main thread within one turn of its
event loop. After a restart, time counts from when \`kubectl wait\` calls the new pod ready until a GET is answered. The large notebook has a
hundred pictures; a plain call sends and fetches the same bytes, JupyterLab's own way is the notebook as JSON. Memory is the extension
host's, after a collection of garbage.`,
  },
  form: {
    title: 'The form',
    notes: `In VS Code in Chromium, with the extension's view open. *Ready to type*: from the command until the field *Name* has the focus and takes a
key. *The plainest webview* is a panel of another extension in the same window with one field and one paragraph, opened and filled in the same way, in
turns. A key's moment and that of the remark are taken within the page. The launch's clicks are those of a program that never waits: Launch, Connect as
soon as it shows, a new notebook, a line, run; beside it a program applies the same server without a volume, forwards its port by kubectl in a loop until Jupyter
answers, and runs a line in a new kernel. Time counts from when \`kubectl wait\` calls the pod ready.`,
  },
  scale: {
    title: 'Five thousand notebook servers',
    notes: `5,000 notebook servers in 50 profiles; 500 run, as pods that are only played. Each measurement is in a plain Node of its own that
does what the extension does, bundled as it is, from reading the kubeconfig until the last of 5,000 rows has its words (VS Code draws those
of open profiles only); kubectl is measured from its start to the last byte of its output. The user with a list of each namespace is
alice, who owns the 50 profiles and may list nothing at once. The changes come from another process; each is a change of what a row is made
from, one in ten of what it says. *Held* is the processor time of the main thread within one turn of the event loop. The reconnects are those
of alice's lists, at 50 a second.`,
  },
} as const;
export type Section = keyof typeof sections;
export const allSections = Object.keys(sections) as Section[];

const file = join(repository, 'docs', 'benchmarks.md');
const head = `# Benchmarks

Everything runs on one computer: the control plane, Jupyter, VS Code and the browser share its cores, so absolute times say little about
another one. What is *beside it* was measured in turns in the same run; each figure is a median, the first turn does not count.
`;

/** Writes the tables of what was measured now into docs/benchmarks.md; the other sections stay. */
export async function writePage(tables: Partial<Record<Section, string>>): Promise<void> {
  const before = (await readFile(file, 'utf8')).split(/^(?=## )/m).slice(1);
  const parts = allSections.map((name) => {
    const { title, notes } = sections[name];
    const table = tables[name];
    if (table === undefined) return before.find((part) => part.startsWith(`## ${title}\n`))?.trimEnd();
    return [`## ${title}`, `\`npm run bench -- ${name}\` on ${here()}`, table, notes].join('\n\n');
  });
  await writeFile(file, `${[head.trimEnd(), ...parts.filter((part) => part !== undefined)].join('\n\n')}\n`);
}

function here(): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${processor}), ${memory} GB, Linux ${release()}, Node ${process.versions.node}.`;
}
