import type { Answer } from '../../k8s/access.ts';
import type { CredentialKind, Facts, StepResult } from '../../k8s/diagnose.ts';
import { list } from './amounts.ts';
import { proxyOrigin } from './proxy.ts';
import type { Translate } from './translate.ts';

/** What a step has found out, in a sentence; '' for nothing. */
export function diagnoseFacts(t: Translate, result: StepResult): string {
  switch (result.step) {
    case 'kubeconfig': {
      if (!result.facts) return '';
      const { files, cluster, user, server } = result.facts;
      return t('{0}: cluster {1} at {2}, user {3}.', list([...files]), cluster, server, user);
    }
    case 'credentials':
      return result.facts ? credentials(t, result.facts) : '';
    case 'dns': {
      if (!result.facts) return '';
      const { name, of, addresses } = result.facts;
      if (addresses[0] === name) return t('{0} is an address.', name);
      const found = list([...addresses]);
      return of === 'proxy' ? t('The proxy {0} is at {1}.', name, found) : t('{0} is at {1}.', name, found);
    }
    case 'proxy': {
      const { name, from } = result.facts ?? {};
      return name && from ? t('Through {0}, which comes from {1}.', name, proxyOrigin(t, from)) : t('None is set.');
    }
    case 'tcp': {
      if (!result.facts) return '';
      const { address, through } = result.facts;
      return through ? t('The proxy {0} connects.', through) : t('{0} answers.', address);
    }
    case 'tls':
      return tls(t, result.facts ?? {});
    case 'authentication': {
      const { user, groups = [] } = result.facts ?? {};
      if (!user) return t('The server accepts you, and does not say as whom.');
      if (user === 'system:anonymous') return t('The server takes you for nobody in particular ({0}).', user);
      return groups.length > 0
        ? t('You are {0}, in the groups {1}.', user, list([...groups]))
        : t('You are {0}.', user);
    }
    case 'version':
      return result.facts ? version(t, result.facts) : t('The server does not tell its version.');
    case 'types': {
      if (!result.facts) return '';
      const { served, missing } = result.facts;
      const there = served.map(({ name, versions }) => t('{0} ({1})', name, list([...versions])));
      const said = there.length > 0 ? t('Served: {0}.', list(there)) : '';
      return [said, missing.length > 0 ? t('Not served: {0}.', list([...missing])) : ''].filter(Boolean).join(' ');
    }
    case 'rights':
      return result.facts ? rights(t, result.facts) : '';
    case 'podProxy': {
      const { namespace, pod, port } = result.facts ?? {};
      return pod
        ? t(
            "The API server's proxy leads to {0}/{1}, port {2}: it is used in place of a port-forward.",
            namespace ?? '',
            pod,
            port ?? 0,
          )
        : t('Not needed: the port-forward works.');
    }
    case 'portForward': {
      if (!result.facts) return '';
      const { namespace, pod, port, listens } = result.facts;
      return listens === false
        ? t('Open to {0}/{1}, where nobody listens on {2} yet.', namespace, pod, port)
        : t('Open to {0}/{1}, port {2}.', namespace, pod, port);
    }
  }
}

function credentials(t: Translate, { kind, command = '', impersonates }: Facts['credentials']): string {
  const said = kindWords(t, kind, command);
  return impersonates ? `${said} ${t('You act as {0}.', impersonates)}` : said;
}

function kindWords(t: Translate, kind: CredentialKind, command: string): string {
  switch (kind) {
    case 'token':
      return t('A token in the kubeconfig.');
    case 'tokenFile':
      return t('A token in a file.');
    case 'certificate':
      return t('A client certificate.');
    case 'password':
      return t('A user name and password.');
    case 'plugin':
      return t('The sign-in program {0} gave some.', command);
    case 'provider':
      return t('A token of a sign-in service (OIDC).');
    case 'none':
      return t('The kubeconfig has none for this user.');
  }
}

function tls(t: Translate, facts: Facts['tls']): string {
  const { protocol, issuer = '', validTo, unchecked, authority } = facts;
  if (!protocol) return t('The address begins with http: nothing is encrypted.');
  if (unchecked) return t('{0}. The certificate is not checked (insecure-skip-tls-verify).', protocol);
  const until = validTo ? validTo.toISOString().slice(0, 10) : '?';
  return authority === 'kubeconfig'
    ? t('{0}, certificate until {1}, signed by {2} of the kubeconfig.', protocol, until, issuer)
    : t('{0}, certificate until {1}, signed by {2}, which this computer knows.', protocol, until, issuer);
}

function version(t: Translate, { version: name, is, tested }: Facts['version']): string {
  switch (is) {
    case 'tested':
      return t('{0}, which this extension is tested with.', name);
    case 'fits':
      return t('{0}. It should work; tests are made with {1}.', name, tested);
    case 'old':
      return t('{0} is older than what this extension is made for. Tests are made with {1}.', name, tested);
  }
}

/** What is missing is named; what is there, only if that is all. */
function rights(t: Translate, { namespace, answers }: Facts['rights']): string {
  const named = (answer: Answer, here: boolean): string => {
    const verbs = new Map<string, string[]>();
    for (const { right, answer: given } of answers) {
      if (given !== answer || (right.namespace === namespace) !== here) continue;
      const what = right.subresource ? `${right.resource}/${right.subresource}` : right.resource;
      verbs.set(what, [...(verbs.get(what) ?? []), right.verb]);
    }
    return [...verbs].map(([what, list]) => `${what} (${list.join(', ')})`).join(', ');
  };
  const place = namespace ?? t('all namespaces');
  const [missing, unknown, everywhere] = [named('no', true), named('unknown', true), named('no', false)];
  return [
    missing ? t('Not in {0}: {1}.', place, missing) : '',
    unknown ? t('Not known in {0}: {1}.', place, unknown) : '',
    missing || unknown ? '' : t('All that is needed in {0}.', place),
    namespace && everywhere ? t('Not in all namespaces: {0}.', everywhere) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
