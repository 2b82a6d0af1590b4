/** Why a notebook server is in its phase, as data. The words are made in one other place, from these. */

export type ServerPhase =
  'running' | 'starting' | 'stopping' | 'stopped' | 'failing' | 'waiting' | 'deleting' | 'unknown';

/** What the user can do about it; at most one. */
export type StatusRemedy = 'edit' | 'start' | 'describe' | 'stopOther' | 'logs';

/** How the container ended the last time, where it did. `at` is RFC 3339, `limit` a Kubernetes quantity. */
export interface LastEnd {
  reason: 'outOfMemory' | 'error' | 'exited';
  exitCode?: number;
  at?: string;
  limit?: string;
}

/** Why no node takes the pod, where the scheduler's sentence names no resource. */
export type NodeObstacle = 'taint' | 'affinity' | 'cordoned' | 'volumeZone' | 'tooManyPods' | 'volumeLimit' | 'other';

export type StatusCause =
  // running
  | { code: 'running'; lastEnd?: LastEnd }
  // starting: the ordinary way to running, nothing to do
  | { code: 'creatingPod' }
  | { code: 'replacingPod' }
  | { code: 'scheduling' }
  /** The cluster's autoscaler is adding a node for it. */
  | { code: 'addingNode' }
  | { code: 'creatingVolume'; claim?: string }
  | { code: 'initializing'; container?: string }
  | { code: 'pullingImage'; image?: string }
  | { code: 'creatingContainer' }
  | { code: 'startingContainer'; lastEnd?: LastEnd }
  /** The pod is ready and Jupyter in it does not answer: starting at first, failing when it goes on. */
  | { code: 'notAnswering'; readySince?: string; lastEnd?: LastEnd }
  // waiting for something that the user can change
  | {
      /** `asked` is the server's own request (a quantity); `nodesShort` of `nodesTotal` nodes have too little free. */
      code: 'noNodeFits';
      resource: string;
      asked?: string;
      nodesTotal: number;
      nodesFitting: number;
      nodesShort: number;
      message: string;
    }
  | { code: 'noNodeMatches'; obstacle: NodeObstacle; taint?: string; nodesTotal?: number; message: string }
  | { code: 'noNodes' }
  | { code: 'unschedulable'; message: string }
  /** All quantities as the API server wrote them. `resource` as in the quota: requests.nvidia.com/gpu, cpu, pods... */
  | {
      code: 'quotaExceeded';
      quota: string;
      resource: string;
      requested?: string;
      used?: string;
      limited?: string;
      message: string;
    }
  | { code: 'quotaNeedsValues'; quota: string; missing: string[]; message: string }
  | { code: 'claimMissing'; claim: string }
  | { code: 'noDefaultStorageClass'; claim: string }
  | { code: 'storageClassMissing'; claim: string; storageClass: string }
  | { code: 'noVolumeFits'; claim?: string; storageClass?: string }
  | { code: 'provisioningFailed'; claim: string; message: string }
  | { code: 'volumeInUse'; claim?: string; volume?: string; usedBy: string[] }
  | { code: 'mountFailed'; volume?: string; message: string }
  // failing
  | { code: 'imageNotFound'; image?: string }
  | { code: 'pullDenied'; image?: string }
  | { code: 'registryUnreachable'; image?: string; message: string }
  | { code: 'imageNameInvalid'; image?: string }
  | { code: 'pullFailed'; image?: string; message: string }
  | { code: 'outOfMemory'; limit?: string; at?: string; restarts?: number }
  | { code: 'crashLoop'; exitCode?: number; restarts?: number; at?: string; message?: string }
  | { code: 'containerNotStarted'; missing?: { kind: 'secret' | 'configmap'; name: string }; message: string }
  | { code: 'evicted'; message: string }
  | { code: 'nodeLost'; node?: string }
  | { code: 'podEnded'; exitCode?: number; reason?: string; message?: string }
  | { code: 'podDefaultConflict'; message: string }
  | { code: 'serviceAccountMissing'; account: string }
  | { code: 'podRefused'; message: string }
  | { code: 'noContainer' }
  // stopping, stopped, deleting
  | { code: 'stopping' }
  | { code: 'stopped'; by: 'user' | 'culler' | 'unknown'; at?: string }
  | { code: 'deleting' }
  // unknown
  /** The controller mirrors only a container of the Notebook's own name, so its state can't be seen from the Notebook. */
  | { code: 'containerNameMismatch'; container: string; notebook: string }
  | { code: 'warning'; reason?: string; message: string }
  | { code: 'noInformation' };

export type StatusCauseCode = StatusCause['code'];

export interface ServerStatus {
  phase: ServerPhase;
  cause: StatusCause;
  /** RFC 3339: when the phase (or, while starting, the step named by the cause) began. */
  since?: string;
  remedy?: StatusRemedy;
}
