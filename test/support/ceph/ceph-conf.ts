export interface CephPorts {
  readonly monitor: number
  readonly gateway: number
}

/** A cluster of one monitor, one store in memory and one gateway, all below `folder`, on loopback alone. */
export function cephConf(folder: string, fsid: string, { monitor, gateway }: CephPorts): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitor}
public addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
ms bind msgr1 = false
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 2000
osd objectstore = memstore
memstore device bytes = 4294967296
osd class load list = *
osd data = ${folder}/osd
mon data = ${folder}/mon
mgr data = ${folder}/mgr
rgw data = ${folder}/rgw
log file = ${folder}/$name.log
admin socket = ${folder}/$name.$pid.asok
pid file = ${folder}/$name.pid
run dir = ${folder}
crash dir = ${folder}
rgw frontends = beast endpoint=127.0.0.1:${gateway}
rgw enable usage log = false
rgw override bucket index max shards = 1
rgw s3 auth use sts = false
rgw lc debug interval = 10
[client]
keyring = ${folder}/keyring
`
}
