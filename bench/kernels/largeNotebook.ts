import { sideBySide, type Figure } from '../measure.ts';
import type { Room } from './room.ts';

const megabytes = 20;
// One each, or ours would be told that somebody else has changed it.
const path = 'large.ipynb';
const theirs = { path: 'large-too.ipynb' };

/** Saving and opening a large notebook through our file system, beside plain calls to Jupyter's Contents API. */
export async function largeNotebook({ host, ref, say }: Room): Promise<Figure[]> {
  say('Measuring a large notebook');
  await host.ask('makeLarge', { megabytes });
  const save = () => host.ask('saveOurs', { ref, path });
  const open = () => host.ask('openOurs', { ref, path });
  const times = 5;
  const unit = 'ms';
  const figures: Figure[] = [];
  const beside = async (what: string, name: string, ours: () => Promise<number>, theirs: () => Promise<number>) => {
    const both = await sideBySide({ times }, ours, theirs);
    figures.push({ what, value: both.ours, unit, peer: { name, value: both.theirs } });
  };
  const [saving, opening] = [`notebook of ${megabytes} MB: save`, `notebook of ${megabytes} MB: open`];
  await beside(saving, 'a plain call', save, () => host.ask('savePlain', theirs));
  await beside(saving, "JupyterLab's way", save, () => host.ask('saveAsJupyterLab', theirs));
  await beside(opening, 'a plain call', open, () => host.ask('openPlain', theirs));
  await beside(opening, "JupyterLab's way", open, () => host.ask('openAsJupyterLab', theirs));
  const held = (work: () => Promise<number>) => async () => {
    await host.ask('begin');
    await work();
    return (await host.ask('read')).longest;
  };
  const both = await sideBySide({ times: 3 }, held(save), held(open));
  figures.push(
    { what: 'the longest that the extension host was held by saving it', value: both.ours, unit },
    { what: 'and by opening it', value: both.theirs, unit },
  );
  return figures;
}
