/** What only the cluster can say about a form, as codes with the parameters that their sentences may use. */
export type PreflightCode =
  | 'leftoverStatefulSet' // name, namespace
  | 'leftoverService' // name, namespace
  | 'leftoverPod' // name
  | 'leftoverGoing' // name
  | 'claimInUseOn' // claim, users, node
  | 'claimOnePod' // claim, users
  | 'claimOfStopped' // claim, servers
  | 'claimElsewhere' // claim, place
  | 'claimsApart' // claim
  | 'claimPlaceUnknown' // claim
  | 'noNodePlaces'
  | 'noNodeFits' // resource, asked, largest
  | 'noNodeFitsAll'
  | 'noNodeNow'
  | 'notNow' // resource, asked, free
  | 'notNowAll'
  | 'configurationConflict' // configuration, what
  | 'configurationsConflict' // first, second, what
  | 'mayNotCreateVolumes' // namespace
  | 'mayNotConnect'; // namespace
