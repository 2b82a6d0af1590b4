/** The rows of the list of templates, as data: by whose they are, each with what it asks for. Pure. */
import type { SpawnOptions } from '../../kubeflow/form.ts';
import { imageOf } from '../../kubeflow/form.ts';
import { formFrom } from '../../kubeflow/form/template.ts';
import type { Template } from '../../kubeflow/form/template.ts';
import { askedBy, builtInTemplates } from '../../kubeflow/form/templateBuiltIn.ts';
import type { Translate } from '../words.ts';
import { shortImage } from '../words/amounts.ts';
import { askedWords, builtInName, problemWords } from '../words/templates.ts';
import type { TemplateFile } from './templateFolder.ts';

/** What can be done with a row beside choosing it. */
export type RowAction = 'form' | 'file' | 'delete';

export interface TemplateRow {
  /** The same while the list is open. */
  id: string;
  label: string;
  description?: string;
  detail?: string;
  actions: readonly RowAction[];
  /** What choosing it is about; neither: a row that only tells. */
  template?: Template;
  file?: TemplateFile;
  trust?: true;
}

export interface TemplateGroup {
  title: string;
  rows: TemplateRow[];
}

export interface TemplateSources {
  lastUsed?: Template;
  /** One for each folder of the workspace that has any. */
  workspace: readonly FolderOfTemplates[];
  user: FolderOfTemplates;
  /** The workspace has templates, and is not trusted. */
  untrusted: boolean;
}
export interface FolderOfTemplates {
  /** The workspace folder's, where there are several. */
  title?: string;
  files: readonly TemplateFile[];
  more: number;
  /** Why it could not be read, in words. */
  trouble?: string;
}

/** @param settled is it known what the cluster offers? The built-in templates depend on it, and come last for that. */
export function templateGroups(
  t: Translate,
  sources: TemplateSources,
  o: SpawnOptions,
  place: { namespace: string; settled: boolean },
): TemplateGroup[] {
  const about = (template: Template): Pick<TemplateRow, 'description' | 'detail' | 'template'> => {
    const form = formFrom(template, o, place.namespace);
    // One that the cluster does not list is named in full: the end alone would let any image pass for a known one.
    const image = form.imageMode === 'list' ? shortImage(imageOf(form)) : imageOf(form);
    const detail = template.description === undefined ? image : `${template.description} · ${image}`;
    return { description: askedWords(t, askedBy(form, o)), detail, template };
  };
  const row = (file: TemplateFile, actions: readonly RowAction[]): TemplateRow => {
    const base = { id: file.uri.toString(), file };
    if ('template' in file) return { ...base, label: file.name, ...about(file.template), actions };
    const detail = 'problems' in file ? problemWords(t, file.problems) : t('It cannot be read.');
    const others = actions.filter((action) => action !== 'form');
    return { ...base, label: `$(warning) ${file.name}`, description: t('cannot be used'), detail, actions: others };
  };
  const rows = (folder: FolderOfTemplates, id: string, actions: readonly RowAction[]): TemplateRow[] => [
    ...folder.files.map((file) => row(file, actions)),
    ...(folder.more > 0 ? [{ id: `${id} more`, label: t('{0} more are not shown', folder.more), actions: [] }] : []),
    ...(folder.trouble === undefined
      ? []
      : [
          {
            id: `${id} trouble`,
            label: `$(warning) ${t('Templates cannot be read')}`,
            detail: folder.trouble,
            actions: [],
          },
        ]),
  ];
  const { lastUsed, workspace, user, untrusted } = sources;
  const groups: TemplateGroup[] = [];
  if (lastUsed)
    groups.push({
      title: t('Last used'),
      rows: [{ id: 'last', label: lastUsed.name ?? t('Last used'), ...about(lastUsed), actions: ['form'] }],
    });
  for (const [index, folder] of workspace.entries())
    groups.push({
      title: folder.title === undefined ? t('This workspace') : t('This workspace: {0}', folder.title),
      rows: rows(folder, `workspace ${index}`, ['form', 'file']),
    });
  if (untrusted)
    groups.push({
      title: t('This workspace'),
      rows: [
        {
          id: 'trust',
          label: `$(shield) ${t('Its templates are not offered')}`,
          detail: t('This workspace is not trusted. Choose this to change that.'),
          actions: [],
          trust: true,
        },
      ],
    });
  groups.push({ title: t('Yours'), rows: rows(user, 'user', ['form', 'file', 'delete']) });
  if (place.settled)
    groups.push({
      title: t('Built in'),
      rows: builtInTemplates(o, place.namespace).map((one) => ({
        id: one.id === 'gpu' ? `gpu ${one.vendor.key}` : one.id,
        label: builtInName(t, one),
        ...about(one.template),
        actions: ['form'],
      })),
    });
  return groups.filter((group) => group.rows.length > 0);
}
