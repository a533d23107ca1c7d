import { ownIdentity } from '../../../repository/index.ts'
import { parseTagList, type Snapshot } from '../../../snapshot/index.ts'
import { VERSION } from '../../version.ts'

/** Who a snapshot says that it is of, and what made it. */
export function backupIdentity({
  host,
  tag = [],
}: {
  readonly host?: string
  readonly tag?: readonly string[]
}): Pick<Snapshot, 'hostname' | 'username' | 'uid' | 'gid' | 'tags' | 'programVersion'> {
  const { hostname, username, uid, gid } = ownIdentity()
  return {
    hostname: host ?? hostname,
    username,
    uid,
    gid,
    tags: tag.flatMap(parseTagList),
    programVersion: `holdfast ${VERSION}`,
  }
}
