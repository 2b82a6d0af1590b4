import type { KubeProblem } from '../../k8s/errors.ts';
import type { ProxyOrigin } from '../../k8s/proxyTrouble.ts';
import type { Translate } from './translate.ts';

/** What is wrong with the proxy on the way to a cluster, and who named it: a sentence or two to act on. */
export function proxyWords(t: Translate, context: string, problem: KubeProblem & { code: 'Unreachable' }): string {
  const { proxy, host } = problem;
  if (!proxy) return t('The proxy on the way to {0} at {1} does not let the connection through.', context, host);
  const from = proxyOrigin(t, proxy.from);
  const { name, status = 0 } = proxy;
  switch (proxy.trouble) {
    case 'address':
      return t('The proxy for {0} has an address that is none. It comes from {1}.', context, from);
    case 'unsupported':
      return t('The proxy {0} for {1} is of a kind that is not supported. It comes from {2}.', name, context, from);
    case 'dns':
      return t(
        'The proxy {0} for {1} cannot be found: its name is not known here. It comes from {2}.',
        name,
        context,
        from,
      );
    case 'down':
      return t('The proxy {0} for {1} does not answer. It comes from {2}.', name, context, from);
    case 'silent':
      return t(
        'The proxy {0} for {1} accepts connections and then says nothing. It comes from {2}.',
        name,
        context,
        from,
      );
    case 'closed':
      return t('The proxy {0} for {1} hangs up. It comes from {2}.', name, context, from);
    case 'certificate':
      return t('The certificate of the proxy {0} for {1} is not believed. It comes from {2}.', name, context, from);
    case 'password':
      return t('The proxy {0} for {1} asks for a user name and password. It comes from {2}.', name, context, from);
    case 'wrongPassword':
      return t('The proxy {0} for {1} does not accept the user name and password in {2}.', name, context, from);
    case 'denied':
      return t('The proxy {0} does not allow connections to {1} at {2}. It comes from {3}.', name, context, host, from);
    case 'unreachable':
      return t('The proxy {0} cannot reach {1} at {2}. It comes from {3}.', name, context, host, from);
    case 'answer':
      return status > 0
        ? t('The proxy {0} for {1} answers with {2}. It comes from {3}.', name, context, status, from)
        : t('The proxy {0} for {1} does not speak as it should. It comes from {2}.', name, context, from);
  }
}

/** Where a proxy is set: that is where it can be changed. */
export function proxyOrigin(t: Translate, from: ProxyOrigin): string {
  switch (from) {
    case 'kubeconfig':
      return t('proxy-url in the kubeconfig');
    case 'editor':
      return t("VS Code's setting http.proxy");
    case 'environment':
      return t("VS Code's environment (HTTPS_PROXY)");
  }
}
