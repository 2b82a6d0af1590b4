/** What only the cluster can say about a form. */
import type { PreflightCode } from '../../kubeflow/preflight/codes.ts';
import type { Translate } from './translate.ts';

/** The sentence of every such finding in the user's language, placeholders left in. */
export function preflightWords(t: Translate): Record<PreflightCode, string> {
  return {
    leftoverStatefulSet: t(
      '{namespace} has a StatefulSet named {name} that is no notebook server. Kubeflow would write this server over it. Use another name, or delete it first.',
    ),
    leftoverService: t(
      '{namespace} has a Service named {name} that is no notebook server. Kubeflow would point it at this server. Use another name, or delete it first.',
    ),
    leftoverPod: t(
      'A pod named {name} is in the way of the one that this server needs. Use another name, or delete it first.',
    ),
    leftoverGoing: t('An earlier server named {name} is still being removed. This one may take a moment longer.'),
    claimInUseOn: t(
      '{claim} works on one node at a time and is in use by {users} on {node}: the server has to run there as well, or wait.',
    ),
    claimOnePod: t(
      '{claim} takes one pod at a time and is in use by {users}. Stop that first, or choose another volume.',
    ),
    claimOfStopped: t(
      '{claim} works on one node at a time and also belongs to {servers} (stopped): both may not run at once.',
    ),
    claimElsewhere: t(
      '{claim} is in {place}, and no node there can run this server. It would wait, unless the cluster adds a node there.',
    ),
    claimsApart: t('No node can reach {claim} and the other volumes at once. The server would wait.'),
    claimPlaceUnknown: t('Whether the nodes with GPUs can reach {claim} cannot be told from here.'),
    noNodePlaces: t('No node of this cluster suits. The server would wait, unless the cluster adds one that does.'),
    noNodeFits: t(
      'No node that suits has {asked} ({resource}); the largest has {largest}. The server would wait, unless the cluster adds a larger one.',
    ),
    noNodeFitsAll: t(
      'No node has all of this at once. The server would wait, unless the cluster adds a larger node. Ask for less of something.',
    ),
    noNodeNow: t('No node that suits takes new servers at the moment. The server would wait for one.'),
    notNow: t('No node has {asked} ({resource}) free now; the most is {free}. The server would wait until others end.'),
    notNowAll: t('No node has all of this free now. The server would wait until others end.'),
    configurationConflict: t(
      'The configuration {configuration} sets {what} to something else. The cluster would refuse to start the server.',
    ),
    configurationsConflict: t(
      'The configurations {first} and {second} do not agree on {what}. The cluster would refuse to start the server.',
    ),
    mayNotCreateVolumes: t(
      'You may not create volumes in {namespace} (needs: create persistentvolumeclaims). Choose an existing one, or none.',
    ),
    mayNotConnect: t('You may not connect to servers in {namespace} from here (needs: create pods/portforward).'),
  };
}
