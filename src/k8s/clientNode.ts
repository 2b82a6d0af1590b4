/**
 * The one thing we run of client-node, in a file of its own so that it is loaded when the first kubeconfig is read and
 * not when the extension starts, and so that bundling leaves the rest of that library out.
 */
export { KubeConfig } from '@kubernetes/client-node';
