/**
 * The query of a link. VS Code takes the percent signs out of a link once before it hands it over, and so makes one text of
 * what separates values and what is in them: what is not plain in a value is therefore written twice over. Pure.
 */

/** Of a whole query, in UTF-16 units: the longest form that a link may hold is a third of it. */
export const longestQuery = 8192;
const mostPairs = 120;
const longestValue = 1024;

export type Pairs = readonly (readonly [key: string, value: string])[];

/** As it stands in the link. Half of a surrogate pair, which no link can hold, becomes U+FFFD. */
export function printQuery(pairs: Pairs): string {
  return pairs.map(([key, value]) => `${key}=${written(value)}`).join('&');
}

/**
 * What VS Code hands over, as keys and values, by key; undefined where it cannot be read, is too long or says something
 * twice. Nothing in it is to be trusted.
 */
export function parseQuery(query: string): Map<string, string> | undefined {
  if (query.length > longestQuery) return undefined;
  const parts = query.split('&').filter((part) => part !== '');
  if (parts.length > mostPairs) return undefined;
  const found = new Map<string, string>();
  for (const part of parts) {
    const at = part.indexOf('=');
    const key = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? '' : read(part.slice(at + 1));
    if (value === undefined || value.length > longestValue || found.has(key)) return undefined;
    found.set(key, value);
  }
  return found;
}

function written(value: string): string {
  const whole = value.replace(/\p{Surrogate}/gu, '\ufffd');
  const once = encodeURIComponent(whole)
    // Fit to stand in a query, and far more readable.
    .replace(/%(?:2F|3A|40|2C)/g, decodeURIComponent)
    // Chat programs take these for the end of a link.
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return once.replaceAll('%', '%25');
}

function read(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
