/** Follows links that VS Code was asked to open from outside. */
import * as vscode from 'vscode';
import type { KubeContext } from '../k8s/kubeconfig.ts';
import type { Logger } from '../k8s/log.ts';
import { imageOf, serverTypes } from '../kubeflow/form.ts';
import { builtInConfig, imageSection } from '../kubeflow/form/spawnerConfig.ts';
import { parseLink, type ConnectLink, type FormLink, type Link, type LinkPlace } from '../kubeflow/links.ts';
import { meantContext } from '../kubeflow/links/meantContext.ts';
import type { Sessions } from '../kubeflow/sessions.ts';
import type { FormStart, ServerName } from './openFormOptions.ts';
import { Told } from './words.ts';
import {
  connectQuestion,
  formQuestion,
  linkProblemWords,
  unknownContextWords,
  type LinkQuestion,
} from './words/links.ts';

export interface LinkHandlerOptions {
  sessions: Pick<Sessions, 'ensureLoaded' | 'contexts' | 'current' | 'problem'>;
  logger: Logger;
  report: (error: unknown) => void;
  /** The command that connects to a server, and opens the file there if there is one. */
  connect: (to: { context: string; link: ServerName & { file?: string } }) => unknown;
  openForm: (start: FormStart) => unknown;
}

/** A context that the user has agreed to, or `undefined` for none: the link leaves it to the form. */
interface Where {
  context?: KubeContext;
  differs: boolean;
}

type Follow = () => unknown;

/**
 * Nothing is contacted, shown or opened for a link before the user has said so, to a question that names the context, its
 * API server and what is asked for. One link at a time: a page that opens many gets one question.
 */
export class LinkHandler implements vscode.UriHandler {
  private asking = false;

  constructor(private readonly o: LinkHandlerOptions) {}

  async handleUri({ path, query }: vscode.Uri): Promise<void> {
    const { logger, report } = this.o;
    if (this.asking) return logger.info('A link was not followed: another one is being asked about.');
    this.asking = true;
    try {
      const follow = await this.ask({ path, query }).finally(() => (this.asking = false));
      await follow?.();
    } catch (error) {
      report(error);
    }
  }

  private async ask(uri: { path: string; query: string }): Promise<Follow | undefined> {
    const parsed = parseLink(uri);
    if ('problem' in parsed) throw new Told(linkProblemWords(vscode.l10n.t, parsed.problem));
    for (const key of parsed.ignored) this.o.logger.info(`A link says ${JSON.stringify(key.slice(0, 64))}: ignored.`);
    await this.o.sessions.ensureLoaded();
    const { link } = parsed;
    return link.kind === 'connect' ? this.toServer(link) : this.toForm(link);
  }

  private async toServer(link: ConnectLink): Promise<Follow | undefined> {
    const { namespace, name, file } = link;
    const where = await this.agree(link, ({ context, differs }) =>
      connectQuestion(vscode.l10n.t, { context: context!, differs, namespace, name, file }),
    );
    const context = where?.context?.name;
    return context === undefined
      ? undefined
      : () => this.o.connect({ context, link: { context, namespace, name, file } });
  }

  private async toForm(link: FormLink): Promise<Follow | undefined> {
    const { namespace, form } = link;
    const image = foreignImage(form);
    const where = await this.agree(link, ({ context, differs }) =>
      formQuestion(vscode.l10n.t, { context, differs, namespace, image }),
    );
    return where && (() => this.o.openForm({ context: where.context?.name, namespace, filled: form }));
  }

  /** Finds the context that the link means, with the user's help where that is not certain, and asks about it. */
  private async agree(link: Link, question: (where: Where) => LinkQuestion): Promise<Where | undefined> {
    const { sessions } = this.o;
    if (link.context === undefined) {
      const where: Where = { context: sessions.current?.context, differs: false };
      return (await this.answer(question(where))) === 'go' ? where : undefined;
    }
    const place: LinkPlace = { context: link.context, fingerprint: link.fingerprint };
    if (sessions.contexts.length === 0 && sessions.problem) throw sessions.problem;
    const meant = meantContext(place, sessions.contexts);
    let context = meant.kind === 'unknown' ? await this.choose(place, meant.alike, true) : meant.context;
    while (context) {
      const differs = place.fingerprint !== undefined && context.fingerprint !== place.fingerprint;
      const answer = await this.answer(question({ context, differs }), differs && sessions.contexts.length > 1);
      if (answer !== 'choose') return answer === 'go' ? { context, differs } : undefined;
      context = await this.choose(place, meant.kind === 'found' ? [] : meant.alike, false);
    }
    return undefined;
  }

  private async answer({ text, detail, go }: LinkQuestion, choice = false): Promise<'go' | 'choose' | undefined> {
    const choose = vscode.l10n.t('Choose Context');
    // The first button is the one that Enter presses.
    const buttons = choice ? [choose, go] : [go];
    const chosen = await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons);
    return chosen === go ? 'go' : chosen === choose ? 'choose' : undefined;
  }

  /** The contexts that lead to the link's API server first. */
  private async choose(
    place: LinkPlace,
    alike: readonly KubeContext[],
    unknown: boolean,
  ): Promise<KubeContext | undefined> {
    const { t } = vscode.l10n;
    const { title, placeholder } = unknownContextWords(t, place.context);
    const others = this.o.sessions.contexts.filter((context) => !alike.includes(context));
    const items = [...alike, ...others].map((context) => ({
      label: context.name,
      description: alike.includes(context) ? t('the API server of the link') : context.userName,
      context,
    }));
    const picked = await vscode.window.showQuickPick(items, {
      title: unknown ? title : t('Choose Context'),
      placeHolder: placeholder,
      ignoreFocusOut: true,
    });
    return picked?.context;
  }
}

/** An image that somebody else than Kubeflow made, as far as can be known without asking a cluster. */
function foreignImage({ imageMode, image = '', customImage = '' }: FormLink['form']): string | undefined {
  if (imageMode === undefined) return undefined;
  const asked = imageOf({ imageMode, image, customImage });
  const stock = serverTypes.flatMap((type) => imageSection(builtInConfig(), type).options);
  return stock.includes(asked) ? undefined : asked;
}
