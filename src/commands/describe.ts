import * as vscode from 'vscode';
import type { CommandParts } from './parts.ts';
import { pickSubject } from './pickSubject.ts';
import { describeProfile } from './profiles.ts';
import { describeServer } from './servers.ts';
import { handlerFor, kindOf, type ByKind } from './subject.ts';

const table: ByKind = { server: describeServer, profile: describeProfile };

/** Describes what it was called on: a notebook server or a profile, else the one that the user picks. */
export async function describe(parts: CommandParts, argument: unknown): Promise<void> {
  const subject = kindOf(argument) ? argument : await pickSubject(parts, { title: vscode.l10n.t('Describe') });
  await handlerFor(table, subject)?.(parts, subject, []);
}
