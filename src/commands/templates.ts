import * as vscode from 'vscode';
import { persistentVolumeClaims } from '../k8s/objects.ts';
import type { PersistentVolumeClaim } from '../k8s/objects.ts';
import { formOf } from '../kubeflow/form/readBack.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import { withNewVolumes } from '../kubeflow/form/newVolumes.ts';
import { formFrom, variablesToFill } from '../kubeflow/form/template.ts';
import type { Template } from '../kubeflow/form/template.ts';
import type { FormPlace } from '../views/formPlace.ts';
import { beforeLaunch } from '../views/templates/beforeLaunch.ts';
import type { TemplateRow } from '../views/templates/templateItems.ts';
import { pickTemplate } from '../views/templates/templatePick.ts';
import { whenSettled } from '../views/whenSettled.ts';
import { Told } from '../views/words.ts';
import { list } from '../views/words/amounts.ts';
import { formWords } from '../views/words/form.ts';
import { fill } from '../../webview-ui/contract.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, contextOf, currentSession, sessionOf } from './pick.ts';
import { pickSubject } from './pickSubject.ts';
import { namespaceOfRow } from './profiles.ts';
import { isProfileRef } from './refs.ts';

/** Where the server is to run. */
interface Where {
  context: string;
  namespace?: string;
}

/** Launches a template without a form: opened, chosen, Enter. */
export async function newFromTemplate(parts: CommandParts, argument: unknown): Promise<void> {
  const row = argument ?? parts.tree.view.selection[0];
  const named = contextOf(row);
  const session = named === undefined ? await currentSession(parts) : await sessionOf(parts, { context: named });
  let where: Where | undefined = { context: session.context.name, namespace: namespaceOfRow(row) };
  while (where) where = await offer(parts, where);
}

/** Shows the list once. Gives where it is to be shown again, if it is. */
async function offer(parts: CommandParts, where: Where): Promise<Where | undefined> {
  const { context } = where;
  const { templates } = parts;
  const place = templates.placeOf(where);
  const following = place.onDidChange(() => settle(place, where));
  settle(place, where);
  try {
    const namespace = (): string | undefined => where.namespace;
    const choice = await pickTemplate({ store: templates.store, place, context, namespace, report: templates.report });
    if (!choice) return undefined;
    switch (choice.do) {
      case 'trust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        return undefined;
      case 'place': {
        const title = vscode.l10n.t('New Notebook Server from Template');
        const chosen = await pickSubject(parts, { title, server: () => false });
        return isProfileRef(chosen) ? { context: chosen.context, namespace: chosen.profile } : where;
      }
      case 'file':
        await openFile(choice.row);
        return undefined;
      case 'delete':
        await remove(parts, choice.row);
        return where;
      case 'form':
      case 'launch':
        if (choice.do === 'launch' && where.namespace === undefined) {
          // Nothing goes into a profile that the list has not named: it is shown again with it.
          await reading(place, context);
          return { ...where };
        }
        if (choice.row.template) await begin(parts, place, where, choice.row.template, choice.do);
        return undefined;
    }
  } finally {
    following.dispose();
    place.dispose();
  }
}

async function reading(place: FormPlace, context: string): Promise<void> {
  const title = vscode.l10n.t('Reading {0}', context);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => whenSettled(place));
}

/** The profile, where no row said it, as soon as it is known which there are: the context's own, else the first. */
function settle(place: FormPlace, where: Where): void {
  const { options, namespace } = place.view;
  if (where.namespace === undefined && options.namespaces.length > 0)
    where.namespace = namespace && options.namespaces.includes(namespace) ? namespace : options.namespaces[0];
  if (where.namespace !== undefined) place.useNamespace(where.namespace);
}

/** Opens the form with the template, or launches it, unless there is something that a person has to see first. */
async function begin(
  parts: CommandParts,
  place: FormPlace,
  where: Where,
  template: Template,
  how: 'form' | 'launch',
): Promise<void> {
  const { t } = vscode.l10n;
  const { context } = where;
  if (!place.settled) await reading(place, context);
  const { options, problem } = place.view;
  const { session, creator } = place;
  const { namespace } = where;
  if (problem !== undefined) throw new Told(problem);
  if (!session || namespace === undefined) throw new Told(t('No profile is known on {0} yet.', context));
  const form = formFrom(template, options, namespace);
  const openForm = () => parts.openForm({ context, namespace, filled: { ...form, name: '' } });
  if (how === 'form') return openForm();
  const values = variablesToFill(form);
  if (values.length > 0) {
    await openForm();
    return void vscode.window.showInformationMessage(t('Fill in the values of {0}, then launch.', list(values)));
  }
  const checking = { location: vscode.ProgressLocation.Window, title: t('Checking with {0}', context) };
  const found = await vscode.window.withProgress(checking, () => beforeLaunch({ session, form, options, creator }));
  if (found.some(({ severity }) => severity === 'error')) return openForm();
  const warnings = found.filter(({ severity }) => severity === 'warning');
  if (warnings.length > 0) {
    const words = formWords(t);
    const answer = await askOf(
      form,
      warnings.map(({ code, params }) => fill(words[code], params)),
    );
    if (answer === 'form') return openForm();
    if (answer !== 'launch') return;
  }
  // Not waited for: the notification tells, and the command is over.
  void parts.templates.launches.launch({ session, form, options, creator, openForm });
}

async function askOf(form: SpawnForm, warnings: readonly string[]): Promise<'launch' | 'form' | undefined> {
  const { t } = vscode.l10n;
  const [launch, open] = [t('Launch'), t('Open Form')];
  const question = t('Launch {0} in {1}?', form.name, form.namespace);
  const detail = warnings.join('\n');
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, launch, open);
  return answer === launch ? 'launch' : answer === open ? 'form' : undefined;
}

/** Opens the template's file, at the line that is wrong. */
async function openFile({ file }: TemplateRow): Promise<void> {
  if (!file) return;
  const editor = await vscode.window.showTextDocument(file.uri);
  const line = 'problems' in file ? file.problems[0]?.line : undefined;
  if (line === undefined) return;
  const at = new vscode.Position(Math.min(line, editor.document.lineCount) - 1, 0);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at));
}

async function remove(parts: CommandParts, { file }: TemplateRow): Promise<void> {
  const { t } = vscode.l10n;
  if (!file) return;
  const button = t('Delete');
  const question = t('Delete the template {0}?', file.name);
  const detail = t('Servers that were made of it stay.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) !== button) return;
  await parts.templates.store.user.remove(file.uri);
}

/** Saves what a server asks for as a template; its volumes become new ones of their kind. */
export async function saveAsTemplate(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await chooseServer(parts, argument, ({ status }) => status.phase !== 'deleting');
  if (!chosen) return;
  const { ref, session } = chosen;
  const place = parts.templates.placeOf(ref);
  try {
    const title = t('Reading {0}', ref.name);
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => whenSettled(place));
    const { options } = place.view;
    const { config } = options;
    const view = session.inventory.server(`${ref.namespace}/${ref.name}`) ?? chosen.view;
    const form = formOf(view.notebook, { config, podDefaults: options.podDefaults?.[ref.namespace] });
    const { namespace } = ref;
    const claims = await session.cluster.list<PersistentVolumeClaim>(persistentVolumeClaims, { namespace });
    const fresh = withNewVolumes(form, claims.items);
    await parts.templates.save(fresh, options, ref.name);
  } finally {
    place.dispose();
  }
}
