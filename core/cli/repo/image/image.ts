import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { collect, type End, packSize, repoCommand, workerCount } from '../repo-command.ts'
import type { ImageBackupCommandOptions, ImageRestoreCommandOptions } from './image-options.ts'

const BACKUP_HELP = `
FILE is a raw image or a block device. Nobody should write to it meanwhile: back up a snapshot of a disk in use.

In the snapshot the disk is a folder NAME with the disk's blocks in files and a descriptor, disk.vmdk, so that it needs no
Holdfast: after \`restic restore\`, \`qemu-img convert -f vmdk -O raw disk.vmdk disk.raw\` gives the disk.
To other commands its path is /NAME/disk.vmdk: --path of these commands takes that.

With --changed only areas are read that were written since the last snapshot of the same host and name (or --parent):
[{"offset":0,"length":65536}, …] in bytes. What else has changed is not seen: they count from before that backup began.
Where there is no such snapshot, or the disk was written to while it was made, all is read.
This computer remembers its last snapshot of a disk: where that is not the newest, all is read. Where it remembers none, as a
new computer or another user, the newest by its time is taken for the last.
A program that knows since which snapshot they are should name it by --parent and its full id: where somebody has removed
that one, all is read, and not what has changed since another one is taken for it.
No snapshot may be given a --time before the newest of the disk.

Examples:
  holdfast repo image backup -r /backup/vault -p pw /dev/vg/mail-snapshot --name mail
  holdfast repo image backup -r /backup/vault -p pw disk.raw --name mail --changed areas.json
`

const HELP = `
Examples:
  holdfast repo image backup -r /backup/vault -p pw /dev/vg/mail-snapshot --name mail
  holdfast repo image restore -r /backup/vault -p pw latest --name mail --target disk.raw
`

const RESTORE_HELP = `
SNAPSHOT is an id, its first digits, or "latest": the newest of this disk of any host, unless --host or --tag say more.

A file gets its name when it is whole, has holes where the disk has zeros, and takes owner, mode and ACL of a file that it
replaces. A device must be at least as large as the
disk and in nobody's use; what lies behind the disk's end stays as it is.

Examples:
  holdfast repo image restore -r /backup/vault -p pw latest --name mail --target disk.raw
  holdfast repo image restore -r /backup/vault -p pw 3ac5f2d1 --name mail --target /dev/vg/mail --overwrite --verify
`

export function addImage(repo: Command, end: End): void {
  const image = repo.command('image').description('back up and restore whole disks').addHelpText('after', HELP)
  repoCommand(image, 'backup <file>', 'back up a raw image or a block device into a new snapshot')
    .requiredOption('--name <name>', 'what the disk is called in the repository')
    .option(
      '--changed <file>',
      'areas written since the last snapshot, as JSON: nothing else is read (- is standard input)',
    )
    .option('--tag <tags>', 'tags for the snapshot, separated by commas', collect)
    .option('-H, --host <name>', 'the host that the snapshot is said to be of')
    .option('--time <time>', 'the time that the snapshot is said to be of (2026-11-20 22:00:00)')
    .option('--parent <snapshot>', 'compare with this snapshot instead of the last one')
    .option('-n, --dry-run', 'read and compare, store nothing')
    .option('--compression <level>', 'off, fastest, default, better', 'default')
    .option('--pack-size <MiB>', 'size that packs should reach, 4 to 128', packSize)
    .option('--workers <count>', 'threads that read, compress and encrypt', workerCount)
    .addHelpText('after', BACKUP_HELP)
    .action(async (file: string, options: ImageBackupCommandOptions) => {
      const { runImageBackup } = await import('./run-image-backup.ts')
      end(await runImageBackup(file, options))
    })
  snapshotOptions(
    repoCommand(image, 'restore <snapshot>', 'bring a disk back as a raw image or onto a block device'),
    'for "latest": only snapshots',
  )
    .requiredOption('--name <name>', 'what the disk is called in the repository')
    .requiredOption('-t, --target <file>', 'the file to be made, or the device to be written')
    .option('--overwrite', 'replace the file that is there, or write over the device')
    .option('--verify', 'read all of it again')
    .option('--skip-damaged', 'leave zeros where blocks are damaged, and name these, instead of failing')
    .option('--workers <count>', 'threads that decrypt and write', workerCount)
    .addHelpText('after', RESTORE_HELP)
    .action(async (snapshot: string, options: ImageRestoreCommandOptions) => {
      const { runImageRestore } = await import('./run-image-restore.ts')
      end(await runImageRestore(snapshot, options))
    })
}
