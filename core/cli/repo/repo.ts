import type { Command } from 'commander'

import { addBackup } from './backup/backup.ts'
import { addCheck } from './check/check.ts'
import { addCopy } from './copy/copy.ts'
import { addDiff } from './diff/diff.ts'
import { addDump } from './dump/dump.ts'
import { addFind } from './find/find.ts'
import { addForget } from './forget/forget.ts'
import { addImage } from './image/image.ts'
import { addInit } from './init/init.ts'
import { addKey } from './key/key.ts'
import { addLs } from './ls/ls.ts'
import { addPrune } from './prune/prune.ts'
import { addRepair } from './repair/repair.ts'
import type { End } from './repo-command.ts'
import { addRestore } from './restore/restore.ts'
import { addRewrite } from './rewrite/rewrite.ts'
import { addSnapshots } from './snapshots/snapshots.ts'
import { addStats } from './stats/stats.ts'
import { addTag } from './tag/tag.ts'
import { addUnlock } from './unlock/unlock.ts'

/** Adds `holdfast repo …`: what works on a repository directly, in this process, as restic does. */
export function addRepoCommands(program: Command, end: End): void {
  const repo = program
    .command('repo')
    .description('work on a repository directly, in this process, as restic does')
    .addHelpText('after', HELP)
  const commands = [
    addInit,
    addBackup,
    addRestore,
    addImage,
    addSnapshots,
    addLs,
    addDump,
    addFind,
    addDiff,
    addForget,
    addPrune,
    addRepair,
    addRewrite,
    addTag,
    addCopy,
    addUnlock,
    addKey,
    addStats,
    addCheck,
  ]
  for (const add of commands) add(repo, end)
}

const HELP = `
The names of commands and options are those of restic where they mean the same.

Exit codes: 0 done, 1 failed, 3 done with warnings, 10 no repository, 11 locked, 12 wrong password, 130 interrupted,
141 nobody read the output to its end.

Examples:
  holdfast repo init -r /backup/vault -p /etc/holdfast/password
  holdfast repo backup -r /backup/vault -p /etc/holdfast/password /home /etc
  holdfast repo restore -r /backup/vault -p /etc/holdfast/password latest --target /restored
`
