/** Where a connection's proxy comes from, the first that is set wins. */
export interface ProxySources {
  /** `proxy-url` of the kubeconfig's cluster; counts even for hosts in NO_PROXY, as in client-go. */
  cluster?: string;
  /** VS Code's `http.proxy`. */
  editor?: string;
  env: NodeJS.ProcessEnv;
}

/**
 * The proxy for a server, or undefined for none. The environment is read as Go does (net/http's ProxyFromEnvironment):
 * lower case counts too, loopback hosts go direct, NO_PROXY lists hosts, domains, addresses and `host:port`.
 */
export function proxyFor(server: URL, sources: ProxySources): URL | undefined {
  if (sources.cluster) return parse(sources.cluster);
  const { env } = sources;
  if (isLoopback(server.hostname) || isExcluded(server, env.NO_PROXY ?? env.no_proxy ?? '')) return undefined;
  const listed =
    server.protocol === 'https:' ? (env.HTTPS_PROXY ?? env.https_proxy) : (env.HTTP_PROXY ?? env.http_proxy);
  const chosen = sources.editor || listed;
  return chosen ? parse(chosen) : undefined;
}

/** `proxy.corp:3128` means http, as curl and Go read it. */
function parse(url: string): URL {
  return new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host);
}

function isExcluded(server: URL, list: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return inNetwork(host, entry);
      const [, name = entry, entryPort] = /^(.*?):(\d+)$/.exec(entry) ?? [];
      if (entryPort && entryPort !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      const only = name !== domain ? false : host === domain;
      return only || host.endsWith(`.${domain}`);
    });
}

/** Is an IPv4 address in a CIDR block. */
function inNetwork(host: string, block: string): boolean {
  const [base = '', bits = ''] = block.split('/');
  const [address, network] = [ipv4(host), ipv4(base)];
  if (address === undefined || network === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(network / size);
}

function ipv4(text: string): number | undefined {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
