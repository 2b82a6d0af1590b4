import * as vscode from 'vscode';
import { deleteFiles } from './deleteFiles.ts';
import type { CommandParts } from './parts.ts';
import { pickSubject } from './pickSubject.ts';
import { deleteProfile } from './profiles.ts';
import { deleteServer } from './servers.ts';
import { handlerFor, kindOf, type ByKind } from './subject.ts';

const table: ByKind = { server: deleteServer, profile: deleteProfile, folder: deleteFiles, file: deleteFiles };

/**
 * Deletes what it was called on after asking: a notebook server, a profile, or the files and folders that are selected;
 * else the server or profile that the user picks.
 */
export async function deleteSubject(
  parts: CommandParts,
  argument: unknown,
  selected: readonly unknown[],
): Promise<void> {
  const subject = kindOf(argument)
    ? argument
    : await pickSubject(parts, {
        title: vscode.l10n.t('Delete'),
        server: ({ status }) => status.phase !== 'deleting',
        profile: ({ source, deleting }) => source === 'profile' && !deleting,
      });
  await handlerFor(table, subject)?.(parts, subject, selected);
}
