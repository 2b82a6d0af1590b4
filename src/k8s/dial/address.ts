/** `host:port` as people read it. */
export function authority(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** The port of a URL, also where it is the scheme's own. */
export function portOf(url: URL): number {
  if (url.port) return Number(url.port);
  if (url.protocol === 'https:') return 443;
  return url.protocol.startsWith('socks') ? 1080 : 80;
}

/** A URL's host as sockets want it: an IPv6 address without its brackets. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
