import * as vscode from 'vscode';
import type { CommandId } from '../commandIds.ts';

/** A tooltip from a title, facts and notes; everything that came from a cluster is escaped. */
export class Tooltip {
  private readonly markdown = new vscode.MarkdownString('', true);

  title(text: string): this {
    this.markdown.appendMarkdown('**').appendText(text).appendMarkdown('**\n\n');
    return this;
  }

  line(text: string | undefined): this {
    if (text) this.markdown.appendText(text).appendMarkdown('\n\n');
    return this;
  }

  /** Facts in two columns; those without a value are left out. A custom resource's amount may be a number all the same. */
  facts(facts: [string, string | undefined][]): this {
    const known = facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
    if (known.length === 0) return this;
    this.markdown.appendMarkdown('| | |\n|:--|:--|\n');
    for (const [name, value] of known) {
      this.markdown.appendMarkdown('| ').appendText(name).appendMarkdown(' &nbsp; | ');
      this.markdown.appendText(String(value).replaceAll('|', '/').replaceAll('\n', ' ')).appendMarkdown(' |\n');
    }
    this.markdown.appendMarkdown('\n');
    return this;
  }

  /** Notes below a rule, each with an icon. */
  notes(icon: string, notes: readonly string[]): this {
    if (notes.length === 0) return this;
    this.markdown.appendMarkdown('---\n\n');
    for (const note of notes) this.markdown.appendMarkdown(`$(${icon}) `).appendText(note).appendMarkdown('\n\n');
    return this;
  }

  /** A link that runs one of our commands. */
  action(title: string, command: CommandId, argument: unknown): this {
    this.markdown.isTrusted = { enabledCommands: [command] };
    const uri = `command:${command}?${encodeURIComponent(JSON.stringify([argument]))}`;
    this.markdown
      .appendMarkdown('[')
      .appendText(title)
      .appendMarkdown(`](${uri.replaceAll(')', '%29')})\n\n`);
    return this;
  }

  done(): vscode.MarkdownString {
    return this.markdown;
  }
}
