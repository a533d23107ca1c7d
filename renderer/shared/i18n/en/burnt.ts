export const burnt = {
  description:
    'What could be restored if this computer and all its disks were gone now. Only vaults in S3 count: a folder may be on a disk of this computer.',
  set: 'Backup set',
  in: 'In {vault}',
  left: 'Would be left',
  offSite: 'Newest point elsewhere',
  newest: 'Newest point',
  lost: 'Would be lost',
  none: 'None',
  state: {
    empty: 'Not backed up yet',
    nothing: 'Nothing',
    older: 'An older state',
    newest: 'The newest state',
  },
  lostNothing: 'Nothing',
  lostPoints: '{n} older point | {n} older points',
  lostAll: 'Its only recovery point | All {n} recovery points',
  lostSince: 'The last {time}: {n} point | The last {time}: {n} points',
  waiting: '{bytes} wait to be sent.',
  howTo:
    'To restore elsewhere, the recovery kit of the vault is enough: with it Holdfast on another computer, or restic, reads what is in the cloud.',
  noSets: 'There is no backup set yet.',
  noSetsText: 'As soon as something is backed up, this says how much of it would be left.',
  sets: '{n} backup set | {n} backup sets',
  open: 'Which',
}
