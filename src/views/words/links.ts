/** What is said of links from outside: what one asks for, before anything is done, and why one is not followed. */
import type { LinkProblem } from '../../kubeflow/links.ts';
import type { Translate } from './translate.ts';

export function linkProblemWords(t: Translate, problem: LinkProblem): string {
  switch (problem.code) {
    case 'unknownKind':
      return t('This link is of a kind that this version does not know.');
    case 'damaged':
      return t('This link is damaged or far too long, so it was not followed.');
    case 'missing':
      return t('This link is not complete: it does not say "{0}".', problem.key);
    case 'refused':
      return t('This link was not followed: what it says of "{0}" cannot be right.', problem.key);
  }
}

/** A question before a link is followed. */
export interface LinkQuestion {
  text: string;
  detail: string;
  /** The button. */
  go: string;
}

export interface AskedPlace {
  /** Absent: the link leaves it to the form. */
  context?: { name: string; server: string };
  /** The link was made for another API server than this context's. */
  differs: boolean;
}

export function connectQuestion(
  t: Translate,
  o: AskedPlace & { context: { name: string; server: string }; namespace: string; name: string; file?: string },
): LinkQuestion {
  const opens = o.file === undefined ? [] : [t('Opens {0} there.', o.file)];
  return {
    text: t('Connect to {0} in {1} on {2}?', o.name, o.namespace, o.context.name),
    detail: [...whereLines(t, o), ...opens].join('\n'),
    go: t('Connect'),
  };
}

/** `image`: one that the link asks for and that is none of Kubeflow's own. */
export function formQuestion(t: Translate, o: AskedPlace & { namespace?: string; image?: string }): LinkQuestion {
  const { context, namespace, image } = o;
  const asked =
    image === undefined ? [] : [t("This link asks for the image {0}, which is none of Kubeflow's own.", image)];
  return {
    text: context
      ? namespace
        ? t('Open the form for a new notebook server in {0} on {1}?', namespace, context.name)
        : t('Open the form for a new notebook server on {0}?', context.name)
      : t('Open the form for a new notebook server?'),
    detail: [...whereLines(t, o), ...asked, t('Nothing is launched before you say so there.')].join('\n'),
    go: t('Open Form'),
  };
}

/** For the list of contexts to choose from. */
export function unknownContextWords(t: Translate, context: string): { title: string; placeholder: string } {
  return {
    title: t('Your kubeconfig has no context {0}', context),
    placeholder: t('Which of your contexts does the link mean?'),
  };
}

function whereLines(t: Translate, { context, differs }: AskedPlace): string[] {
  if (!context) return [];
  const where = t('{0} leads to the API server at {1}.', context.name, hostOf(context.server));
  if (!differs) return [where];
  return [where, t('The link was made for another API server: what it names may be something else on this one.')];
}

function hostOf(server: string): string {
  try {
    return new URL(server).host;
  } catch (error) {
    if (error instanceof TypeError) return server;
    throw error;
  }
}
