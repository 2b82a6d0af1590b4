export { certificate, type Certified } from '../../../lab/cluster/certificate.ts';
