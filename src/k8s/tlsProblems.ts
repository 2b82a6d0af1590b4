import type { CertificateReason, KubeProblem } from './errors.ts';

/** What TLS calls a server certificate that it does not believe (Node's and OpenSSL's codes). */
const certificates: Record<string, CertificateReason | undefined> = {
  CERT_CHAIN_TOO_LONG: 'other',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'notYetValid',
  CERT_REJECTED: 'other',
  CERT_REVOKED: 'other',
  CERT_SIGNATURE_FAILURE: 'other',
  CERT_UNTRUSTED: 'authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'authority',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name',
  HOSTNAME_MISMATCH: 'name',
  INVALID_CA: 'other',
  INVALID_PURPOSE: 'other',
  PATH_LENGTH_EXCEEDED: 'other',
  SELF_SIGNED_CERT_IN_CHAIN: 'authority',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'other',
  UNABLE_TO_GET_ISSUER_CERT: 'authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'authority',
};

/** What a server calls our client certificate when it does not take it (RFC 8446, 6.2), in OpenSSL's words. */
const refusesOurs =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED)$/;

/** Both sides speak, but not the same. */
const otherProtocol =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|UNKNOWN_PROTOCOL|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LAYER_FAILURE|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW|TLSV1_ALERT_PROTOCOL_VERSION|SSLV3_ALERT_HANDSHAKE_FAILURE|TLSV1_ALERT_INSUFFICIENT_SECURITY|TLSV1_ALERT_NO_APPLICATION_PROTOCOL)$|^HPE_INVALID/;

/**
 * The problem behind the code of a failed TLS handshake, or of an answer that is no HTTP; undefined for other failures.
 * A client certificate that is refused is Unauthorized, as a refused token is.
 */
export function tlsProblem(code: string, detail: string, host: string): KubeProblem | undefined {
  const reason = certificates[code];
  if (reason) return { code: 'CertificateUntrusted', host, detail, reason };
  if (refusesOurs.test(code)) {
    return { code: 'Unauthorized', message: `the server does not accept our client certificate (${alertOf(code)})` };
  }
  if (!otherProtocol.test(code)) return undefined;
  return { code: 'Unreachable', host, reason: 'protocol', detail: protocols[code] ?? `no common protocol (${code})` };
}

const protocols: Record<string, string | undefined> = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_HTTP_REQUEST: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks only an old version of TLS',
  ERR_SSL_VERSION_TOO_LOW: 'it speaks only an old version of TLS',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks none of our versions of TLS',
};

function alertOf(code: string): string {
  return /ALERT_(.*)$/.exec(code)![1]!.toLowerCase().replaceAll('_', ' ');
}
