/** A folder of templates, wherever it is: of the user, or of a workspace that may be on another computer. */
import type * as vscode from 'vscode';
import { maxTemplateSize } from '../../kubeflow/form/template.ts';
import type { Template } from '../../kubeflow/form/template.ts';
import { parseTemplate } from '../../kubeflow/form/templateParse.ts';
import type { TemplateProblem } from '../../kubeflow/form/templateProblem.ts';

export type TemplateFile = { uri: vscode.Uri; name: string } & (
  { template: Template } | { problems: readonly TemplateProblem[] } | { unreadable: true }
);

/** The part of vscode.workspace.fs that is needed here. */
export type Files = Pick<
  vscode.FileSystem,
  'readDirectory' | 'stat' | 'readFile' | 'writeFile' | 'createDirectory' | 'delete'
>;

/** Of one folder: more than anybody looks through. The rest is counted. */
export const maxTemplates = 50;

/** vscode.FileType.Directory; a link to one has that bit, too. */
const directory = 2;

export class TemplateFolder {
  constructor(
    private readonly files: Files,
    readonly uri: vscode.Uri,
  ) {}

  /** The templates by file name, those that cannot be read among them; none where there is no folder. */
  async list(): Promise<{ files: TemplateFile[]; more: number }> {
    const names = await this.names();
    const files = await Promise.all(names.slice(0, maxTemplates).map((name) => this.read(name)));
    return { files, more: Math.max(0, names.length - maxTemplates) };
  }

  /** The names of the files, unread. */
  async names(): Promise<string[]> {
    const entries = await this.unlessMissing(this.files.readDirectory(this.uri));
    return (entries ?? [])
      .filter(([name, type]) => /\.ya?ml$/i.test(name) && (type & directory) === 0)
      .map(([name]) => name)
      .sort((a, b) => a.localeCompare(b));
  }

  /** Where a template of this name is kept. */
  uriFor(name: string): vscode.Uri {
    return this.at(`${fileName(name)}.yaml`);
  }

  async has(name: string): Promise<boolean> {
    return (await this.unlessMissing(this.files.stat(this.uriFor(name)))) !== undefined;
  }

  async write(name: string, text: string): Promise<vscode.Uri> {
    const uri = this.uriFor(name);
    await this.files.createDirectory(this.uri);
    await this.files.writeFile(uri, new TextEncoder().encode(text));
    return uri;
  }

  async remove(uri: vscode.Uri): Promise<void> {
    await this.files.delete(uri);
  }

  private at(file: string): vscode.Uri {
    return this.uri.with({ path: `${this.uri.path}/${file}` });
  }

  private async read(file: string): Promise<TemplateFile> {
    const uri = this.at(file);
    const name = file.replace(/\.ya?ml$/i, '');
    try {
      const { size } = await this.files.stat(uri);
      if (size > maxTemplateSize) return { uri, name, problems: [{ line: 1, code: 'tooLarge', max: maxTemplateSize }] };
      const text = new TextDecoder().decode(await this.files.readFile(uri));
      const found = parseTemplate(text);
      if ('problems' in found) return { uri, name, ...found };
      return { uri, name: found.template.name ?? name, template: found.template };
    } catch {
      // Gone since, or not ours to read: its row says so, and the others are there.
      return { uri, name, unreadable: true };
    }
  }

  private async unlessMissing<T>(asking: Thenable<T>): Promise<T | undefined> {
    try {
      return await asking;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'FileNotFound') return undefined;
      throw error;
    }
  }
}

/** A template's name as that of a file, on any system: letters and digits of any script, and dashes. */
export function fileName(name: string): string {
  const made = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  // Names of devices on Windows.
  const taken = /^(con|prn|aux|nul|com\d|lpt\d)$/.test(made);
  return made === '' || taken ? `template${made && `-${made}`}` : made.slice(0, 60);
}
