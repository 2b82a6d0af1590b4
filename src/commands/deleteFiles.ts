import * as vscode from 'vscode';
import { FolderNode } from '../views/tree/filesNode.ts';
import { placesOf, type Place } from '../views/tree/place.ts';
import { Told } from '../views/words.ts';
import { fileSize } from '../views/words/amounts.ts';
import type { CommandParts } from './parts.ts';

/** Names that a question lists before it says "and so on". */
const mostNames = 10;

/** Deletes the files and folders that are selected, after saying what goes with them. */
export async function deleteFiles(parts: CommandParts, argument: unknown, selected: readonly unknown[]): Promise<void> {
  const { t } = vscode.l10n;
  const places = placesOf(argument, selected).filter(({ path }) => path !== '');
  const [first] = places;
  if (!first) return;
  const { question, detail } =
    places.length > 1
      ? ofSeveral(
          places,
          selected.some((row) => row instanceof FolderNode),
        )
      : await ofOne(parts, first);
  const button = t('Delete');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
  // What cannot be deleted keeps none of the others.
  const ended = await Promise.allSettled(places.map(({ uri }) => vscode.workspace.fs.delete(uri, { recursive: true })));
  const failed = ended.flatMap((end, i) =>
    end.status === 'rejected' ? [{ place: places[i]!, reason: end.reason as unknown }] : [],
  );
  if (places.length === 1 && failed[0]) throw failed[0].reason;
  for (const { place, reason } of failed) parts.logger.warn(`deleting ${place.path}: ${String(reason)}`);
  if (failed.length > 0)
    throw new Told({
      text: t('{0} of {1} could not be deleted. The first: {2}', failed.length, places.length, failed[0]!.place.path),
      action: { title: t('Show Log'), command: 'kubeflow.showLog' },
    });
}

async function ofOne(parts: CommandParts, { ref, path }: Place): Promise<{ question: string; detail: string }> {
  const { t } = vscode.l10n;
  const { contents } = (await parts.connections.open(ref)).server;
  const entry = await contents.stat(path);
  if (entry.type !== 'directory')
    return { question: t('Delete {0} on {1}?', path, ref.name), detail: fileSize(entry.size ?? 0) };
  const inside = (await contents.list(path)).length;
  return {
    question: t('Delete the folder {0} on {1}?', path, ref.name),
    detail: t('All that is in it goes, hidden files too. It lists {0} files and folders.', inside),
  };
}

function ofSeveral(places: readonly Place[], withFolders: boolean): { question: string; detail: string } {
  const { t } = vscode.l10n;
  const servers = [...new Set(places.map(({ ref }) => ref.name))];
  const names = places.slice(0, mostNames).map(({ ref, path }) => (servers.length > 1 ? `${ref.name}: ${path}` : path));
  if (places.length > mostNames) names.push('...');
  const shown = names.join('\n');
  return {
    question: withFolders
      ? t('Delete {0} files and folders on {1}?', places.length, servers.join(', '))
      : t('Delete {0} files on {1}?', places.length, servers.join(', ')),
    detail: withFolders ? `${shown}\n\n${t('All that is in the folders goes, hidden files too.')}` : shown,
  };
}
