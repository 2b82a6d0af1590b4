import { writeFile } from 'node:fs/promises';
import type { Lab } from '../../lab/index.ts';
import { inTurns, median, percentile, type Figure } from '../measure.ts';
import type { FormInVscode } from './forms.ts';

/** The form with few choices, then with as many as a large team has. @param configFile is what VS Code's setting names */
export async function openings(
  forms: { ours: FormInVscode; plain: FormInVscode },
  o: { lab: Lab; configFile: string; say: (line: string) => void },
): Promise<Figure[]> {
  o.say('Measuring the form');
  const few = await measured(forms, '');
  o.say('Measuring the form with 300 images and 200 volumes');
  await writeFile(o.configFile, JSON.stringify({ spawnerFormDefaults: { image: { options: images(300) } } }));
  await o.lab.kubectl(['create', '-f', '-'], { input: JSON.stringify(claims(200)) });
  return [...few, ...(await measured(forms, ', 300 images and 200 volumes'))];
}

async function measured({ ours, plain }: { ours: FormInVscode; plain: FormInVscode }, what: string): Promise<Figure[]> {
  const [opened = [], bare = []] = await inTurns({ times: 20 }, [() => ours.opened(), () => plain.opened()]);
  const blocks = await inTurns({ times: 4 }, [() => ours.keys(15), () => plain.keys(15)]);
  const [keys = [], bareKeys = []] = blocks.map((each) => each.flat());
  const typable = (all: { typable: number }[]): number[] => all.map((one) => one.typable);
  return [
    ...spread(`form opened to ready to type${what}`, typable(opened), typable(bare)),
    ...spread(
      `form opened to ready to launch${what}`,
      opened.map((one) => one.ready),
    ),
    ...spread(`key to remark${what}`, keys, bareKeys),
  ];
}

function spread(what: string, ours: number[], plain?: number[]): Figure[] {
  const peer = (value: (all: number[]) => number) => plain && { name: 'the plainest webview', value: value(plain) };
  const most = (all: number[]): number => percentile(all, 0.95);
  return [
    { what, value: median(ours), unit: 'ms', peer: peer(median) },
    { what: 'its 95th percentile', value: most(ours), unit: 'ms', peer: peer(most) },
  ];
}

const images = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `registry.example/team-${n % 20}/jupyter-${n}:2026.1`);

function claims(count: number): object {
  const items = Array.from({ length: count }, (_, n) => ({
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    metadata: { name: `dataset-${String(n).padStart(3, '0')}`, namespace: 'alice' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}
