/** Save as Template: asks for a name and a place, and writes the file. */
import * as vscode from 'vscode';
import { groupAsFound } from '../../kubeflow/form.ts';
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import { parseTemplate } from '../../kubeflow/form/templateParse.ts';
import { templateText } from '../../kubeflow/form/templateText.ts';
import { Told } from '../words.ts';
import type { TemplateFolder } from './templateFolder.ts';
import { workspacePath } from './templateStore.ts';
import type { TemplateStore } from './templateStore.ts';

const longestName = 60;

/**
 * Saves a form as a template, without its name and the values of variables; does nothing where the user thinks better of it.
 * @throws Told where the form has something that no template can say
 */
export async function saveTemplate(
  store: TemplateStore,
  form: SpawnForm,
  options: SpawnOptions,
  suggested: string,
  report: (error: unknown) => void,
): Promise<void> {
  const { t } = vscode.l10n;
  const check = parseTemplate(templateText(form, options, { name: 'x' }));
  if ('problems' in check) {
    const [problem] = check.problems;
    const field = problem && 'field' in problem ? problem.field : '';
    throw new Told(
      field === ''
        ? t('This form has something that no template can say.')
        : t('This cannot be a template until {0} is filled in as it should be.', field),
    );
  }
  const name = await askName(suggested);
  if (name === undefined) return;
  const place = await askPlace(store);
  if (!place) return;
  if ((await place.folder.has(name)) && !(await mayOverwrite(name))) return;
  const uri = await place.folder.write(name, templateText(form, options, { name }));
  const open = t('Open');
  const said = [t('Saved the template {0}.', name), ...notKept(form)].join(' ');
  void vscode.window
    .showInformationMessage(said, open)
    .then((chosen) => (chosen === open ? vscode.window.showTextDocument(uri) : undefined))
    .then(undefined, report);
}

async function askName(value: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const typed = await vscode.window.showInputBox({
    title: t('Save as Template'),
    prompt: t('The name that it has in the list'),
    value,
    // The form's page, where it was asked for, may take the focus back a little later.
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return t('Give the template a name.');
      return text.trim().length > longestName ? t('A name has at most {0} characters.', longestName) : undefined;
    },
  });
  return typed?.trim();
}

/** For the user, or for everybody who has the workspace; not asked where there is but one. */
async function askPlace(store: TemplateStore): Promise<{ folder: TemplateFolder } | undefined> {
  const { t } = vscode.l10n;
  const folders = vscode.workspace.isTrusted
    ? store.workspaceFolders().filter(({ root }) => vscode.workspace.fs.isWritableFileSystem(root.uri.scheme) !== false)
    : [];
  const own = { label: t('For Me'), detail: t('In all workspaces on this computer'), folder: store.user };
  if (folders.length === 0) return own;
  const shared = folders.map(({ title, folder }) => ({
    label: folders.length === 1 ? t('In This Workspace') : t('In {0}', title),
    detail: t('As a file in {0} that can be reviewed and shared', workspacePath),
    folder,
  }));
  return vscode.window.showQuickPick([own, ...shared], {
    title: t('Save as Template'),
    placeHolder: t('Where is it to be kept?'),
    ignoreFocusOut: true,
  });
}

async function mayOverwrite(name: string): Promise<boolean> {
  const { t } = vscode.l10n;
  const overwrite = t('Overwrite');
  const question = t('There is a template named {0} already.', name);
  return (await vscode.window.showWarningMessage(question, { modal: true }, overwrite)) === overwrite;
}

/** What of the form no template has. */
function notKept(form: SpawnForm): string[] {
  const { t } = vscode.l10n;
  return [
    ...(form.env.some((one) => one.kind === 'value' && one.value !== '')
      ? [t('Values of variables are not in it: they are asked for.')]
      : []),
    ...([form.affinityGroup, form.tolerationGroup].includes(groupAsFound)
      ? [t('Affinity and tolerations that no group stands for are not in it.')]
      : []),
  ];
}
