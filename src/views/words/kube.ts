import type { KubeProblem } from '../../k8s/errors.ts';
import { quotaCause } from '../../kubeflow/status/podRefused.ts';
import { list, resourceName } from './amounts.ts';
import { proxyWords } from './proxy.ts';
import type { Remedy, Said, Translate } from './translate.ts';

/** Where a problem was met, so that the sentence can name it. */
export interface Where {
  /** the context's name */
  context?: string;
  /** now, for "Trying again in 5 s" */
  now?: Date;
  /** when it is tried again by itself */
  retryAt?: Date;
}

/** A cluster's problem in words; exhaustive, so that a code without words does not compile. */
export function kubeWords(t: Translate, problem: KubeProblem, where: Where = {}): Said {
  const context = where.context ?? t('The cluster');
  const log = { title: t('Show Log'), command: 'kubeflow.showLog' } as const;
  const again = retry(t);
  const choose = { title: t('Choose Context'), command: 'kubeflow.switchContext' } as const;
  const settings = {
    title: t('Choose Kubeconfig'),
    command: 'workbench.action.openSettings',
    args: ['kubeflow.kubeconfig'],
  } as const;
  switch (problem.code) {
    case 'KubeconfigMissing':
      return {
        text: t("There is no kubeconfig on this computer. Ask your cluster's admin for one."),
        action: { ...settings, args: [...settings.args] },
      };
    case 'KubeconfigInvalid':
      return {
        text: t('The kubeconfig {0} cannot be read: {1}', problem.path, sentence(problem.detail)),
        action: { ...settings, args: [...settings.args] },
      };
    case 'ContextMissing':
      return { text: t('The kubeconfig has no context named {0}.', problem.context), action: choose };
    case 'Unauthorized':
      return problem.canSignIn
        ? { text: t('{0} does not accept your sign-in.', context), action: signIn(t, where) }
        : {
            text: t('{0} does not accept your sign-in. Sign in as you do for kubectl, then try again.', context),
            action: again,
          };
    case 'SignedOut':
      return { text: t('You are signed out of {0}.', context), action: signIn(t, where) };
    case 'Forbidden':
      return { text: forbidden(t, problem) };
    case 'Refused':
      return { text: refused(t, problem) };
    case 'NotFound':
      return problem.missing === 'resource'
        ? { text: t('{0} does not know this kind of object. Is Kubeflow installed there?', context), action: choose }
        : { text: t('It is not there any more: {0}', sentence(problem.message)), action: again };
    case 'AlreadyExists':
      return { text: t('There is one by that name already: {0}', sentence(problem.message)) };
    case 'Conflict':
      return { text: t('Somebody else changed it at the same moment. Look again, then repeat it.'), action: again };
    case 'Invalid': {
      const first = problem.fields[0];
      return {
        text: first
          ? t('{0} does not accept {1}: {2}', context, first.field, sentence(first.message))
          : t('{0} does not accept this: {1}', context, sentence(problem.message)),
      };
    }
    case 'TooManyRequests':
      return { text: t('{0} is busy and asks to wait. It is tried again by itself.', context) };
    case 'Unreachable':
      return { text: `${unreachable(t, context, problem)}${againIn(t, where)}`, action: retry(t) };
    case 'CertificateUntrusted':
      return { text: certificate(t, context, problem), action: log };
    case 'ExecPluginFailed':
      return plugin(t, context, problem, where);
    case 'Timeout':
      return { text: t('{0} did not answer within {1} s.', context, problem.seconds), action: again };
    case 'Gone':
      return { text: t('What {0} showed is too old. It is being read again.', context), action: again };
    case 'ServerError':
      return { text: t('{0} answered with an error of its own. It is tried again by itself.', context), action: log };
  }
}

function signIn(t: Translate, { context }: Where): Remedy {
  return { title: t('Sign In in Terminal'), command: 'kubeflow.signIn', ...(context ? { args: [context] } : {}) };
}

function retry(t: Translate): Remedy {
  return { title: t('Retry'), command: 'kubeflow.refresh' };
}

function againIn(t: Translate, where: Where): string {
  if (!where.retryAt || !where.now) return '';
  const seconds = Math.max(0, Math.ceil((where.retryAt.getTime() - where.now.getTime()) / 1000));
  return ` ${seconds > 0 ? t('Trying again in {0} s.', seconds) : t('Trying again.')}`;
}

function unreachable(t: Translate, context: string, problem: KubeProblem & { code: 'Unreachable' }): string {
  switch (problem.reason) {
    case 'dns':
      return t(
        '{0} cannot be found: the name {1} is not known here. Are you on the VPN?',
        context,
        problem.host.replace(/:\d+$/, ''),
      );
    case 'proxy':
      return proxyWords(t, context, problem);
    case 'protocol':
      return t('{0} cannot be spoken to at {1}: {2}', context, problem.host, sentence(problem.detail));
    case 'refused':
    case 'timeout':
    case 'reset':
    case 'other':
      return t('{0} does not answer at {1}. Are you on the VPN?', context, problem.host);
  }
}

function certificate(t: Translate, context: string, problem: KubeProblem & { code: 'CertificateUntrusted' }): string {
  const { host, reason } = problem;
  switch (reason) {
    case 'expired':
      return t("{0}'s certificate at {1} has expired. Is this computer's clock right?", context, host);
    case 'notYetValid':
      return t("{0}'s certificate at {1} is not valid yet. Is this computer's clock right?", context, host);
    case 'name':
      return t("{0}'s certificate at {1} is for another name.", context, host);
    case 'other':
      return t("{0}'s certificate at {1} is not believed: {2}", context, host, sentence(problem.detail));
    case 'authority':
    case undefined:
      return t("{0}'s certificate at {1} is signed by an authority that this computer does not know.", context, host);
  }
}

function forbidden(t: Translate, problem: KubeProblem & { code: 'Forbidden' }): string {
  if (!problem.verb || !problem.resource) return t('You may not do this here: {0}', sentence(problem.message));
  const right = `${problem.verb} ${problem.resource}`;
  return problem.namespace
    ? t('You may not do this in {0} (needs: {1}).', problem.namespace, right)
    : t('You may not do this on this cluster (needs: {0}).', right);
}

function refused(t: Translate, problem: KubeProblem & { code: 'Refused' }): string {
  switch (problem.by) {
    case 'quota':
      return overQuota(t, problem.message);
    case 'webhook':
      return t('A check of the cluster refuses it: {0}', sentence(problem.message));
    case 'policy':
      return t('A policy of the cluster refuses it: {0}', sentence(problem.message));
    case 'gateway':
      return /^HTTP \d+$/.test(problem.message)
        ? t('A proxy or gateway in front of the cluster refuses it and does not say why.')
        : t('A proxy or gateway in front of the cluster refuses it: {0}', sentence(problem.message));
  }
}

function overQuota(t: Translate, message: string): string {
  const cause = quotaCause(message);
  if (cause?.code === 'quotaExceeded' && cause.used !== undefined && cause.limited !== undefined) {
    const { quota, used, limited, requested, resource } = cause;
    return t(
      'The quota {0} does not allow it: {1} of {2} {3} are used, and this asks for {4}.',
      quota,
      used,
      limited,
      resourceName(resource),
      requested ?? '1',
    );
  }
  if (cause?.code === 'quotaNeedsValues')
    return t('The quota {0} demands values for {1}.', cause.quota, list(cause.missing));
  return t('The quota does not allow it: {0}', sentence(message));
}

function plugin(
  t: Translate,
  context: string,
  problem: KubeProblem & { code: 'ExecPluginFailed' },
  where: Where,
): Said {
  switch (problem.reason) {
    case 'missing':
      return {
        text: [
          t("{0} needs the program {1}, which is not on VS Code's PATH.", context, problem.command),
          ...(problem.installHint ? [sentence(problem.installHint)] : []),
        ].join(' '),
        action: {
          title: t('Add to PATH'),
          command: 'workbench.action.openSettings',
          args: ['kubeflow.additionalPath'],
        },
      };
    case 'interactive':
      return {
        text: t('You are signed out of {0}: {1} must ask you something.', context, problem.command),
        action: signIn(t, where),
      };
    case 'timeout':
      return {
        text: t('The sign-in program {0} for {1} did not end in time.', problem.command, context),
        action: signIn(t, where),
      };
    case 'failed':
      return {
        text: t('The sign-in program {0} for {1} did not work.', problem.command, context),
        action: signIn(t, where),
      };
    case 'badOutput':
      return {
        text: t('The sign-in program {0} for {1} did not give what it should.', problem.command, context),
        action: { title: t('Show Log'), command: 'kubeflow.showLog' },
      };
  }
}

/** A server's own sentence, cut to one line that ends like a sentence. */
export function sentence(message: string): string {
  const line = message.trim().split('\n')[0]?.trim() ?? '';
  const cut = line.length > 240 ? `${line.slice(0, 237)}...` : line;
  return /[.!?…]$/.test(cut) ? cut : `${cut}.`;
}
